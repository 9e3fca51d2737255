export * from './asker.ts';
export * from './check-lodged.ts';
export * from './manager.ts';
export * from './store.ts';

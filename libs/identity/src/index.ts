export * from './master-key.ts';
export * from './people-store.ts';
export * from './permissions.ts';
export * from './personal-token.ts';
export * from './vm-identity.ts';
export * from './vm-proof.ts';
export * from './worker-token.ts';

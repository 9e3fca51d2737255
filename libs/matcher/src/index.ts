export * from './amounts.ts';
export * from './could-ever.ts';
export * from './criteria.ts';
export * from './fill.ts';
export * from './grant.ts';
export * from './match.ts';
export * from './need.ts';
export * from './turn.ts';

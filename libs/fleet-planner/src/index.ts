export * from './breaker.ts';
export * from './closed.ts';
export * from './life.ts';
export * from './offers.ts';
export * from './plan.ts';
export * from './policy.ts';
export * from './seen.ts';
export * from './stop-rule.ts';

export type { CloudHost, CloudLog } from './driver.ts';
export { CLOUD_KINDS, openCloud, settingsFlaws } from './registry.ts';
export { type ConcurrencyLimits, limited } from './wrappers/limited.ts';
export { type TimeLimits, timed } from './wrappers/timed.ts';

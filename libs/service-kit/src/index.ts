export { type Environment, readConfig, secretText } from './config.ts';
export { type Running, runService, type ServiceOptions } from './lifecycle.ts';
export { type Log, type LogLevel, makeLog } from './log.ts';
export { scrub, scrubText } from './scrub.ts';

export { config } from './config.ts';
export { level } from './log.ts';

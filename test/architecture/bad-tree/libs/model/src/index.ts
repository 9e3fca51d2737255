export { job } from './job.ts';
export { first } from './ring/first.ts';

export * from './job-description.ts';
export * from './problem.ts';

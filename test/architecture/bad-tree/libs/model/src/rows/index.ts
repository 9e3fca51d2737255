export { job } from '../job.ts'; // breaks: single-index

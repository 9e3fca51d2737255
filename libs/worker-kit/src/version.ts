/** What agent and pilot call themselves in their beats. */
export const WORKER_VERSION = '0.1.0';

export { removePostgresData } from './remove-data.ts';
export type { Durability } from './server-settings.ts';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startPostgres } from './start-postgres.ts';

export { type CloudUnderTest, cloudContract } from './cloud-contract.ts';
export { createDatabase, type TestDatabase } from './database.ts';

export { type BrokerStore, brokerContract, LogBook } from './broker-contract.ts';
export { type CloudUnderTest, cloudContract } from './cloud-contract.ts';
export { createDatabase, type TestDatabase } from './database.ts';

export * from './act.ts';
export * from './cloud.ts';
export * from './fleet-store.ts';
export * from './observe.ts';
export { type ProgramFile, renderUserData, type UserDataInput } from './user-data/render-user-data.ts';
export { serviceAddress } from './user-data/service-address.ts';
export { USER_DATA_LIMITS, userDataSize } from './user-data/user-data-size.ts';

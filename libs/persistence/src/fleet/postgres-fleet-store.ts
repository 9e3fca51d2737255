import type { FleetStore } from '@pilotfish/fleet';
import type { CloudEndpoint } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';
import { beatVm, confirmHalt } from './beat-vm.ts';
import { recordBlindness, recordObservation } from './observation.ts';
import { order } from './order.ts';
import { newestProfiles, seen } from './seen.ts';
import { drainVm, stopVm } from './step-vm.ts';
import { dueOrders, launched, launchFailed, postpone, setActivation, take, terminated } from './tickets.ts';
import { ENDPOINT_COLUMNS } from './vm-row.ts';

const ENDPOINTS = sql('all_endpoints', `SELECT ${ENDPOINT_COLUMNS} FROM endpoint e ORDER BY e.name`);

export function postgresFleetStore(db: Database): FleetStore {
  return {
    endpoints: () => db.rows<CloudEndpoint>(ENDPOINTS),
    profiles: (vo) => newestProfiles(db, vo ?? null),
    seen: () => seen(db),
    recordObservation: (endpoint, machines) => recordObservation(db, endpoint, machines),
    recordBlindness: (endpoint, problem) => recordBlindness(db, endpoint, problem),
    order: (actions, limits) => order(db, actions, limits),
    dueOrders: () => dueOrders(db),
    take: (orderId) => take(db, orderId),
    setActivation: (vmId, hash, validS) => setActivation(db, vmId, hash, validS),
    launched: (orderId, machine) => launched(db, orderId, machine),
    launchFailed: (orderId, failure, problem) => launchFailed(db, orderId, failure, problem),
    terminated: (orderId, consoleTail) => terminated(db, orderId, consoleTail),
    postpone: (orderId, delayS, failure, problem) => postpone(db, orderId, delayS, failure, problem),
    beatVm: (vmId, health, logTail) => beatVm(db, vmId, health, logTail),
    confirmHalt: (vmId, reason) => confirmHalt(db, vmId, reason),
    drain: (vmId, because) => db.transaction((tx) => drainVm(tx, vmId, because)),
    stop: (vmId, because) => db.transaction((tx) => stopVm(tx, vmId, because, 'at once')),
  };
}

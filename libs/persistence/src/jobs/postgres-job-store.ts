import type { ClaimStore, JobStore } from '@pilotfish/workload';
import type { Database } from '../database.ts';
import { readShares } from '../shares/read-shares.ts';
import { candidates } from './candidates.ts';
import { killJobs, removeJobs, rescheduleJobs } from './change-jobs.ts';
import { claim } from './claim.ts';
import { insertJobs, reserveIds } from './insert-jobs.ts';
import { look } from './offer-of.ts';
import { countJobs, findJob, jobAttempts, jobHistory, jobLog, listJobs } from './read-jobs.ts';

export function postgresJobStore(db: Database): JobStore {
  return {
    reserveIds: (count) => reserveIds(db, count),
    insert: (jobs, source, receipt) => insertJobs(db, jobs, source, receipt),
    find: (id, scope) => findJob(db, id, scope),
    list: (filter) => listJobs(db, filter),
    counts: (filter) => countJobs(db, filter),
    history: (id) => jobHistory(db, id),
    attempts: (id) => jobAttempts(db, id),
    log: (id, n, stream, offset) => jobLog(db, id, n, stream, offset),
    kill: (filter, reason, source) => killJobs(db, filter, reason, source),
    reschedule: (filter, source) => rescheduleJobs(db, filter, source),
    remove: (filter, source) => removeJobs(db, filter, source),
  };
}

export function postgresClaimStore(db: Database): ClaimStore {
  return {
    shares: () => readShares(db),
    candidates: () => candidates(db),
    look: (asked) => look(db, asked),
    claim: (orders) => claim(db, orders),
  };
}

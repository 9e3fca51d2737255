// From the model to the wire: dates become RFC 3339 instants, the inside stays inside.
import type { AttemptView, EndpointView, FleetActionView, JobView, TokenView, VmView } from '@pilotfish/api-contract';
import type { TokenRecord } from '@pilotfish/identity';
import type { Job } from '@pilotfish/model';
import type { EndpointRow, OrderRow, VmRow } from '@pilotfish/persistence';
import type { AttemptRecord } from '@pilotfish/workload';

export const at = (date: Date): string => date.toISOString();
export const maybeAt = (date: Date | null): string | null => date?.toISOString() ?? null;

export function jobView(job: Job): JobView {
  const { id, vo, group, owner, name, jobGroup, state, minor, applicationStatus, priority, attempt, reschedules } = job;
  return {
    ...{ id, vo, group, owner, name, jobGroup, state, minor, applicationStatus, priority, attempt, reschedules },
    jobType: job.requirements.jobType,
    submittedAt: at(job.submittedAt),
    startedAt: maybeAt(job.startedAt),
    endedAt: maybeAt(job.endedAt),
    exitCode: job.exitCode,
    killReason: job.killReason,
    labels: { ...job.labels },
  };
}

export function attemptView(attempt: AttemptRecord): AttemptView {
  const { n, state, vmId, endpoint, processors, memoryMb, exitCode, reason, cpuS, maxRssMb } = attempt;
  return {
    ...{ n, state, vmId, endpoint, processors, memoryMb, exitCode, reason, cpuS, maxRssMb },
    claimedAt: at(attempt.claimedAt),
    startedAt: maybeAt(attempt.startedAt),
    endedAt: maybeAt(attempt.endedAt),
    hasOutput: attempt.outputSandbox !== null,
  };
}

export function vmView(vm: VmRow): VmView {
  const { id, vo, endpoint, profile, profileVersion, state, capacity, providerId, because, retireReason } = vm;
  return {
    ...{ id, vo, endpoint, profile, profileVersion, state, capacity, providerId, because, retireReason },
    locked: vm.lockedAt !== null,
    jobs: vm.jobs,
    processorsBusy: vm.processorsBusy,
    health: vm.health,
    orderedAt: at(vm.orderedAt),
    activatedAt: maybeAt(vm.activatedAt),
    lastBeatAt: maybeAt(vm.lastBeatAt),
    lastBeatAgeS: vm.lastBeatAgeS,
    idleSince: maybeAt(vm.idleSince),
    endedAt: maybeAt(vm.endedAt),
  };
}

export function tokenView({ id, user, label, createdAt, expiresAt, lastUsedAt, revokedAt }: TokenRecord): TokenView {
  const times = { expiresAt: maybeAt(expiresAt), lastUsedAt: maybeAt(lastUsedAt), revokedAt: maybeAt(revokedAt) };
  return { id, user, label, createdAt: at(createdAt), ...times };
}

export function orderView(order: OrderRow): FleetActionView {
  return { ...order, orderedAt: at(order.orderedAt), endedAt: maybeAt(order.endedAt) };
}

export function endpointView(row: EndpointRow): EndpointView {
  return { ...row, settings: { ...row.settings }, observedAt: maybeAt(row.observedAt) };
}

import { routes, type VmDetail } from '@pilotfish/api-contract';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { findVm } from '../find-vm.ts';
import { at, type Column, span } from '../output/column.ts';
import { printable } from '../output/printable.ts';
import type { Field, Printer } from '../output/printer.ts';
import { openSession } from '../session.ts';

type Health = NonNullable<VmDetail['health']>;

const BEATS_SHOWN = 10;

export function addVmShow(group: Command, context: CliContext): void {
  const command = group
    .command('show')
    .description('Show a VM: why it was started, what it does, its heartbeats, the end of its console')
    .argument('<id>', 'the VM, or the beginning of its id')
    .action(async (start: string) => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.showVm, { params: { id: await findVm(client, start) } });
      if (out.form.json) out.json(reply);
      else if (out.form.quiet) out.line(reply.id);
      else print(reply, out);
    });
}

const TIMELINE: readonly Column<VmDetail['timeline'][number]>[] = [
  { title: 'AGO', value: (step) => at(step.at) },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'BECAUSE', value: ({ because }) => because, shrinks: true },
];

const ATTEMPTS: readonly Column<VmDetail['attempts'][number]>[] = [
  { title: 'JOB', value: ({ jobId }) => jobId },
  { title: 'ATTEMPT', value: ({ n }) => n },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'CORES', value: ({ processors }) => processors },
];

const BEATS: readonly Column<VmDetail['beats'][number]>[] = [
  { title: 'AGO', value: (beat) => at(beat.at) },
  { title: 'LOAD', value: ({ health }) => health.load1, shown: ({ health }) => health.load1.toFixed(2) },
  { title: 'CPU', value: ({ health }) => health.cpuBusy, shown: ({ health }) => percent(health.cpuBusy) },
  { title: 'MEMORY', value: ({ health }) => health.memoryUsedMb, shown: memory },
  { title: 'JOBS', value: ({ jobs }) => jobs },
  { title: 'PILOT', value: ({ health }) => health.pilotRunning },
];

function print(vm: VmDetail, out: Printer): void {
  out.fields(fieldsOf(vm).filter(([, value]) => value !== null && value !== ''));
  if (vm.timeline.length > 0) {
    out.section('TIMELINE');
    out.rows(vm.timeline, TIMELINE);
  }
  if (vm.attempts.length > 0) {
    out.section('ATTEMPTS');
    out.rows(vm.attempts, ATTEMPTS);
  }
  const newest = [...vm.beats].sort((a, b) => b.at.localeCompare(a.at)).slice(0, BEATS_SHOWN);
  if (newest.length > 0) {
    out.section('HEARTBEATS');
    out.rows(newest, BEATS);
  }
  if (vm.consoleTail !== '') {
    out.section('CONSOLE');
    out.text(`${printable(vm.consoleTail.trimEnd())}\n`);
  }
}

function fieldsOf(vm: VmDetail): Field[] {
  return [
    ['id', vm.id],
    ['state', vm.state],
    ['profile', `${vm.vo}/${vm.profile} version ${vm.profileVersion}`],
    ['endpoint', vm.providerId === null ? vm.endpoint : `${vm.endpoint} (${vm.providerId})`],
    ['started because', vm.because],
    ['retired because', vm.retireReason],
    ['locked', vm.locked ? true : null],
    ['jobs', vm.jobs],
    ['cores busy', `${vm.processorsBusy} of ${vm.capacity.processors}`],
    ['memory', `${vm.capacity.memoryMb} MiB`],
    ...(vm.health ? healthFields(vm.health) : []),
    ['last beat', vm.lastBeatAgeS === null ? null : span(vm.lastBeatAgeS)],
    ['ordered', at(vm.orderedAt)],
    ['activated', at(vm.activatedAt)],
    ['idle since', at(vm.idleSince)],
    ['ended', at(vm.endedAt)],
  ];
}

function healthFields(health: Health): Field[] {
  return [
    ['load', health.load1],
    ['cpu', percent(health.cpuBusy)],
    ['memory used', memory({ health })],
    ['disk free', `${Math.round(health.diskFreeMb)} MiB`],
    ['up', span(health.uptimeS)],
    ['pilot running', health.pilotRunning],
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function memory({ health }: { readonly health: Health }): string {
  return `${Math.round(health.memoryUsedMb)} of ${Math.round(health.memoryTotalMb)} MiB`;
}

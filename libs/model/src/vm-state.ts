// A VM's life (design §7). `gone` and `failed` are the ends; everything else is or may be billed.

export const VM_STATES = [
  'ordered',
  'booting',
  'running',
  'draining',
  'stopping',
  'stalled',
  'stopped',
  'gone',
  'failed',
] as const;

export type VmState = (typeof VM_STATES)[number];

export const VM_TRANSITIONS = {
  ordered: ['booting', 'running', 'stopping', 'gone', 'failed'],
  booting: ['running', 'stopping', 'gone', 'failed'],
  running: ['draining', 'stopping', 'stalled', 'gone', 'failed'],
  draining: ['stopping', 'stalled', 'gone', 'failed'],
  stopping: ['stopped', 'gone', 'failed'],
  stalled: ['running', 'draining', 'stopping', 'gone', 'failed'],
  stopped: ['booting', 'stopping', 'gone', 'failed'],
  gone: [],
  failed: ['gone'],
} as const satisfies Record<VmState, readonly VmState[]>;

/** States that count against caps: the machine exists at the cloud or may exist. */
export const LIVE_VM_STATES = [
  'ordered',
  'booting',
  'running',
  'draining',
  'stopping',
  'stalled',
  'stopped',
] as const satisfies readonly VmState[];

export function vmMayMove(from: VmState, to: VmState): boolean {
  return (VM_TRANSITIONS[from] as readonly VmState[]).includes(to);
}

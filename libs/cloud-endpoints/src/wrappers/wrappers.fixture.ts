import { type Cloud, type LaunchOrder, type Machine } from '@pilotfish/fleet';
import type { VmId } from '@pilotfish/model';

export const vm = (name: string) => name as VmId;
export const order = (name: string) => ({ vmId: vm(name) }) as LaunchOrder;

/** A cloud whose every call hangs until it is let go; `open` counts those under way. */
export function aSlowCloud() {
  const calls: { readonly what: string; finish(): void; fail(error: Error): void }[] = [];
  const state = { under: 0, most: 0 };
  const call = <T>(what: string, result: T): Promise<T> => {
    state.under++;
    state.most = Math.max(state.most, state.under);
    const ended = () => {
      state.under--;
    };
    return new Promise<T>((resolve, reject) => {
      calls.push({ what, finish: () => resolve(result), fail: reject });
    }).finally(ended);
  };
  const cloud: Cloud = {
    list: () => call<readonly Machine[]>('list', []),
    launch: ({ vmId }) =>
      call<Machine>(`launch ${vmId}`, { vmId, providerId: 'p', status: 'active', createdAt: new Date(0) }),
    terminate: (vmId) => call(`terminate ${vmId}`, undefined),
    stop: (vmId) => call(`stop ${vmId}`, undefined),
    start: (vmId) => call(`start ${vmId}`, undefined),
    consoleLog: (vmId) => call(`consoleLog ${vmId}`, ''),
  };
  return { cloud, calls, state };
}

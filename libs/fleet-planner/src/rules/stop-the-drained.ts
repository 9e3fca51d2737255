// A draining VM whose last attempt has ended stops.
import { decided, type Rule } from '../rule.ts';

export const stopTheDrained: Rule = (seen, _policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) =>
    vm.state === 'draining' && vm.openAttempts === 0 && !done.has(vm.id)
      ? [{ kind: 'stop', vmId: vm.id, because: 'It is drained: no attempt is open on it.' }]
      : [],
  );
};

import { routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { addSelectionCommand } from '../select-jobs.ts';

export const kill: Registration = (program, context) =>
  addSelectionCommand(program, context, {
    name: 'kill',
    description: 'Kill jobs; what runs is stopped within seconds',
    past: 'killed',
    call: (client, body) => client.call(routes.killJobs, { body }),
  });

import { routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { addSelectionCommand } from '../select-jobs.ts';

export const remove: Registration = (program, context) =>
  addSelectionCommand(program, context, {
    name: 'delete',
    description: 'Delete finished or waiting jobs with their output',
    past: 'deleted',
    call: (client, body) => client.call(routes.deleteJobs, { body }),
  });

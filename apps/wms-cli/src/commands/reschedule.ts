import { routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { addSelectionCommand } from '../select-jobs.ts';

export const reschedule: Registration = (program, context) =>
  addSelectionCommand(program, context, {
    name: 'reschedule',
    description: 'Put failed jobs back into their queue',
    past: 'rescheduled',
    call: (client, body) => client.call(routes.rescheduleJobs, { body }),
  });

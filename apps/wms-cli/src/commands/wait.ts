import type { Registration } from '../cli-context.ts';
import { collectJobIds } from '../job-ids.ts';
import { parseSeconds } from '../quantity.ts';
import { reportWaited } from '../report-waited.ts';
import { openSession } from '../session.ts';

const STATUS = `
The exit status is 0 when all are Done; else the highest of: a Failed job's own exit code (1-255), 1 for jobs that
failed otherwise or were killed, 124 when the time ran out.
`;

export const wait: Registration = (program, context) => {
  const command = program
    .command('wait')
    .description('Wait until jobs have ended')
    .argument('<id...>', 'jobs: 7, 7,9 or 7-12', collectJobIds)
    .option('--timeout <s>', 'longest time to wait, e.g. 90 or 2h', parseSeconds)
    .addHelpText('after', STATUS)
    .action(async (ids: readonly number[], { timeout }: { timeout?: number }) => {
      const session = await openSession(context, command);
      const jobs = await reportWaited(context, session, ids, timeout);
      if (session.out.form.json) session.out.json({ jobs });
    });
};

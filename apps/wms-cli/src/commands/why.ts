import { routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { parseJobId } from '../job-ids.ts';
import { openSession } from '../session.ts';

export const why: Registration = (program, context) => {
  const command = program
    .command('why')
    .description('Say why a job waits, runs or ended as it did')
    .argument('<id>', 'the job', parseJobId)
    .action(async (id: number) => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.whyJob, { params: { id: String(id) } });
      if (out.form.json) return out.json(reply);
      if (!out.forPeople) {
        out.rows(
          [{ about: reply.state, text: reply.summary }, ...reply.lines],
          [
            { title: 'ABOUT', value: ({ about }) => about },
            { title: 'TEXT', value: ({ text }) => text },
          ],
        );
        return;
      }
      out.line(`job ${reply.id} is ${reply.state}: ${reply.summary}`);
      const width = Math.max(0, ...reply.lines.map(({ about }) => about.length));
      for (const { about, text } of reply.lines) out.line(`  ${about.padEnd(width)}  ${text}`);
    });
};

import { routes, type WhyView } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { parseJobId } from '../job-ids.ts';
import { duration, secondsBetween } from '../output/duration.ts';
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
      const start = reply.estimatedStart;
      if (!out.forPeople) {
        const estimate = start ? [{ about: 'estimated start', text: `${start.at}: ${start.because}` }] : [];
        out.rows(
          [{ about: reply.state, text: reply.summary }, ...reply.lines, ...estimate],
          [
            { title: 'ABOUT', value: ({ about }) => about },
            { title: 'TEXT', value: ({ text }) => text },
          ],
        );
        return;
      }
      out.line(`job ${reply.id} is ${reply.state}: ${reply.summary}`);
      const lines = start
        ? [...reply.lines, { about: 'estimated start', text: inWords(start, context.now()) }]
        : reply.lines;
      const width = Math.max(0, ...lines.map(({ about }) => about.length));
      for (const { about, text } of lines) out.line(`  ${about.padEnd(width)}  ${text}`);
    });
};

function inWords({ at, because }: NonNullable<WhyView['estimatedStart']>, now: Date): string {
  const inS = secondsBetween(now.toISOString(), at);
  return `${inS < 1 ? 'now' : `in about ${duration(inS)}`}: ${because}`;
}

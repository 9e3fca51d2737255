import { type EtaReportView, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { type Column, span } from '../output/column.ts';
import { openSession } from '../session.ts';

export const etaReport: Registration = (program, context) => {
  const command = program
    .command('eta-report')
    .description('Compare the starts that `why` estimated with the true ones')
    .action(async () => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.etaReport, {});
      if (out.form.json) out.json(reply);
      else out.rows([reply], COLUMNS);
    });
};

const COLUMNS: readonly Column<EtaReportView>[] = [
  { title: 'COUNT', value: ({ count }) => count },
  { title: 'MEDIAN ERROR', value: ({ medianErrorS }) => span(medianErrorS) },
  { title: '90 % BELOW', value: ({ p90ErrorS }) => span(p90ErrorS) },
  {
    title: 'BIAS',
    value: ({ biasS }) => span(biasS),
    shown: ({ biasS }) => (biasS === null ? '-' : `${Math.round(biasS)} s`),
  },
];

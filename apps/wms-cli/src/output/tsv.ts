import { type Column, cellForPrograms } from './column.ts';

/** One line a row, tab between cells, no heading; instants as RFC 3339, spans in seconds, nothing for null. */
export function tsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return rows.map((row) => `${columns.map(({ value }) => cellForPrograms(value(row))).join('\t')}\n`).join('');
}

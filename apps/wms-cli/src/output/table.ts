// Lays rows out for people: a heading, columns as wide as needed, numbers to the right, long texts cut to fit.
import { type Column, cellForPeople } from './column.ts';
import { bold, coloured } from './state-colour.ts';

export interface TableStyle {
  readonly now: Date;
  readonly colour: boolean;
  /** Characters a line may have. */
  readonly width: number;
}

const GAP = '  ';
const NARROWEST = 8;

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], style: TableStyle): string {
  const cells = rows.map((row) => columns.map((column) => textOf(column, row, style.now)));
  const titles = columns.map(({ title }) => title);
  const widths = fitted(columns, widest([titles, ...cells]), style.width);
  const isNumber = columns.map(({ value }) => rows.length > 0 && rows.every((row) => typeof value(row) === 'number'));
  const line = (texts: readonly string[], paint: (text: string, column: number) => string) =>
    `${texts
      .map((text, i) => {
        const cut = shorten(text, widths[i]!);
        const blank = ' '.repeat(widths[i]! - cut.length);
        const painted = style.colour ? paint(cut, i) : cut;
        return isNumber[i] ? blank + painted : painted + blank;
      })
      .join(GAP)
      .trimEnd()}\n`;
  const heading = line(titles, (text) => bold(text));
  return (
    heading + cells.map((row) => line(row, (text, i) => (columns[i]!.state ? coloured(text, row[i]!) : text))).join('')
  );
}

function textOf<Row>(column: Column<Row>, row: Row, now: Date): string {
  return cellForPeople(column.shown ? column.shown(row) : column.value(row), now);
}

function widest(lines: readonly (readonly string[])[]): number[] {
  return (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
}

/** Takes what is too much from the widest column that may shrink, again and again. */
function fitted<Row>(columns: readonly Column<Row>[], widths: readonly number[], available: number): number[] {
  const result = [...widths];
  const total = () => result.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (total() > available) {
    const shrinkable = result.map((width, i) => (columns[i]?.shrinks ? width : 0));
    const most = Math.max(...shrinkable);
    if (most <= NARROWEST) break;
    result[shrinkable.indexOf(most)] = most - 1;
  }
  return result;
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

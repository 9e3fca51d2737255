import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, type Column, span } from './column.ts';
import { table } from './table.ts';
import { tsv } from './tsv.ts';

interface Row {
  readonly name: string;
  readonly n: number | null;
  readonly seen: string | null;
}

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name, state: true, shrinks: true },
  { title: 'N', value: ({ n }) => n },
  { title: 'SEEN', value: ({ seen }) => at(seen) },
];
const now = new Date('2030-01-01T12:00:00Z');
const style = { now, colour: false, width: 80 };

describe('table', () => {
  it('aligns columns, puts numbers to the right and shows times as ages', () => {
    const rows = [
      { name: 'a', n: 1, seen: '2030-01-01T11:59:48Z' },
      { name: 'longer', n: 100, seen: null },
    ];
    expect(table(rows, columns, style)).toBe('NAME      N  SEEN\na         1  12 s\nlonger  100  -\n');
  });

  it('colours states only when asked to', () => {
    const rows = [{ name: 'Failed', n: 1, seen: null }];
    expect(table(rows, columns, style)).not.toContain('\u001b');
    expect(table(rows, columns, { ...style, colour: true })).toContain('\u001b[31mFailed\u001b[0m');
  });

  it('never lets a name steer the terminal or break a line', () => {
    const text = table([{ name: 'x\u001b[2J\ny', n: 1, seen: null }], columns, style);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(3);
  });

  it('cuts columns that may shrink so that every line fits', () => {
    const names = fc.array(fc.string({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, fc.integer({ min: 25, max: 120 }), (found, width) => {
        const rows = found.map((name) => ({ name, n: 1, seen: null }));
        const lines = table(rows, columns, { ...style, width }).split('\n');
        return lines.every((line) => line.length <= width);
      }),
    );
  });
});

describe('tsv', () => {
  it('gives instants as RFC 3339, spans in seconds and nothing for null', () => {
    const wide: Column<Row>[] = [...columns, { title: 'RAN', value: ({ n }) => span(n) }];
    const rows = [
      { name: 'a\tb\nc', n: 90, seen: '2030-01-01T11:59:48Z' },
      { name: 'd', n: null, seen: null },
    ];
    expect(tsv(rows, wide)).toBe('a b c\t90\t2030-01-01T11:59:48Z\t90\nd\t\t\t\n');
  });
});

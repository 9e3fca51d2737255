// What stands in a table, and how one cell reads for people and for programs.
import { age, duration } from './duration.ts';
import { printable } from './printable.ts';

/** `at`: an RFC 3339 instant; `seconds`: a span. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | undefined
  | { readonly at: string }
  | { readonly seconds: number };

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => Cell;
  /** Text for people where it differs from what programs get. */
  readonly shown?: (row: Row) => string;
  /** Colour by what it says. */
  readonly state?: true;
  /** Cut when the terminal is too narrow. */
  readonly shrinks?: true;
}

export const at = (instant: string | null | undefined): Cell => (instant ? { at: instant } : null);
export const span = (seconds: number | null | undefined): Cell =>
  seconds === null || seconds === undefined ? null : { seconds };

export function cellForPeople(cell: Cell, now: Date): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell !== 'object') return printable(String(cell)).replace(/\s+/g, ' ').trim();
  return 'at' in cell ? age(cell.at, now) : duration(cell.seconds);
}

export function cellForPrograms(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'object') return printable(String(cell)).replace(/[\t\r\n]+/g, ' ');
  return 'at' in cell ? cell.at : String(cell.seconds);
}

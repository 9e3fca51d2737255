// Decides the form of every answer: the raw reply with --json, ids with -q, tables on a terminal, TSV in a pipe.
import type { CliContext } from '../cli-context.ts';
import { type Cell, type Column, cellForPeople, cellForPrograms } from './column.ts';
import { json } from './json.ts';
import { printable } from './printable.ts';
import { bold, coloured } from './state-colour.ts';
import { table } from './table.ts';
import { tsv } from './tsv.ts';

export interface PrintForm {
  readonly json: boolean;
  readonly quiet: boolean;
}

interface ListAnswer<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  /** Printed with --json. */
  readonly reply: unknown;
  /** Printed with -q. */
  readonly id: (row: Row) => string | number;
  /** Said on a terminal in place of an empty table. */
  readonly empty: string;
}

export type Field = readonly [label: string, value: Cell];

export class Printer {
  readonly form: PrintForm;
  readonly #context: CliContext;

  constructor(context: CliContext, form: PrintForm) {
    this.#context = context;
    this.form = form;
  }

  get forPeople(): boolean {
    return this.#context.io.stdout.isTTY === true;
  }

  list<Row>({ rows, columns, reply, id, empty }: ListAnswer<Row>): void {
    if (this.form.json) this.json(reply);
    else if (this.form.quiet) this.ids(rows.map(id));
    else if (rows.length === 0) this.note(empty);
    else this.rows(rows, columns);
  }

  /** What a change came to: the reply with --json, its id with -q and in a pipe, else a sentence. */
  outcome(reply: unknown, id: string | number, sentence: string): void {
    if (this.form.json) this.json(reply);
    else this.line(this.form.quiet || !this.forPeople ? String(id) : sentence);
  }

  /** Rows alone, as part of a longer answer. */
  rows<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
    const width = this.#context.io.stdout.columns || 120;
    const style = { now: this.#context.now(), colour: this.#colour, width };
    this.text(this.forPeople ? table(rows, columns, style) : tsv(rows, columns));
  }

  /** One thing: a label and a value per line. */
  fields(fields: readonly Field[]): void {
    const width = Math.max(...fields.map(([label]) => label.length));
    const line = ([label, value]: Field) =>
      this.forPeople
        ? `${label.padEnd(width)}  ${this.#fieldText(label, value)}\n`
        : `${label}\t${cellForPrograms(value)}\n`;
    this.text(fields.map(line).join(''));
  }

  /** A heading between parts of a longer answer. */
  section(title: string): void {
    this.text(`\n${this.#colour ? bold(title) : title}\n`);
  }

  ids(ids: readonly (string | number)[]): void {
    this.text(ids.map((id) => `${id}\n`).join(''));
  }

  json(reply: unknown): void {
    this.text(json(reply));
  }

  /** A line on stdout. */
  line(text: string): void {
    this.text(`${printable(text)}\n`);
  }

  /** As it is. */
  text(text: string): void {
    if (text !== '') this.#context.io.stdout.write(text);
  }

  /** Something for the person who watches, on stderr; silent in a pipe, with -q and with --json. */
  note(text: string): void {
    if (this.forPeople && !this.form.quiet && !this.form.json) this.#context.io.stderr.write(`${printable(text)}\n`);
  }

  /** Something that must not be missed, always on stderr. */
  warn(text: string): void {
    this.#context.io.stderr.write(`${printable(text)}\n`);
  }

  get #colour(): boolean {
    return this.forPeople && this.#context.config.colour;
  }

  #fieldText(label: string, value: Cell): string {
    const text = cellForPeople(value, this.#context.now());
    if (value !== null && typeof value === 'object' && 'at' in value) return `${text} ago (${value.at})`;
    return label === 'state' && this.#colour ? coloured(text, text) : text;
  }
}

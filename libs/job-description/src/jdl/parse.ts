// Reads `Key = value;` records of the ClassAd language that DIRAC's JDL uses. A mistake is noted and reading goes on
// at the next attribute, so that one submission shows them all.
import type { Flaw } from '@pilotfish/model';
import { lex, type Token } from './lex.ts';

export type JdlValue =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'boolean'; readonly text: string; readonly value: boolean }
  | { readonly kind: 'list'; readonly items: readonly JdlValue[] };

export interface JdlAttribute {
  readonly name: string;
  readonly line: number;
  readonly value: JdlValue;
}

export interface JdlRecord {
  readonly attributes: readonly JdlAttribute[];
  readonly flaws: readonly Flaw[];
}

const MAX_DEPTH = 8;
const NAME = /^[A-Za-z_]\w*(\.\w+)?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** A mistake at a token; caught by the record reader, which knows the attribute. */
class Mistake extends Error {
  readonly line: number;

  constructor(token: Token, detail: string) {
    super(token.kind === 'bad' ? token.text : detail);
    this.line = token.line;
  }
}

/** Reads a whole JDL text; never throws. */
export function parseRecord(text: string, firstLine = 1): JdlRecord {
  return new RecordReader(lex(text, firstLine)).read();
}

export function jdlPointer(line: number, attribute: string): string {
  return attribute ? `line ${line}, ${attribute}` : `line ${line}`;
}

class RecordReader {
  readonly #tokens: readonly Token[];
  readonly #attributes: JdlAttribute[] = [];
  readonly #flaws: Flaw[] = [];
  #at = 0;
  #name = '';

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): JdlRecord {
    const bracketed = this.#take('[');
    while (this.#peek().kind !== 'end' && !(bracketed && this.#peek().text === ']' && this.#isMark())) {
      this.#guarded(() => this.#attribute());
    }
    this.#guarded(() => this.#close(bracketed));
    return { attributes: this.#attributes, flaws: this.#flaws };
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      this.#flaws.push({ pointer: jdlPointer(error.line, this.#name), detail: error.message });
      this.#recover();
    }
  }

  #close(bracketed: boolean): void {
    this.#name = '';
    if (!bracketed) return;
    if (!this.#take(']')) throw new Mistake(this.#peek(), 'the JDL starts with [ but has no closing ]: add it');
    this.#take(';');
    if (this.#peek().kind !== 'end')
      throw new Mistake(this.#peek(), 'text after the closing ]: one JDL describes one job, remove the rest');
  }

  #attribute(): void {
    this.#name = '';
    if (this.#take(';')) return;
    const key = this.#next();
    if (key.kind !== 'word' || !NAME.test(key.text))
      throw new Mistake(key, `expected "Attribute = value;" but found ${shown(key)}`);
    this.#name = key.text;
    if (!this.#take('=')) throw new Mistake(this.#peek(), `expected = after ${key.text}, found ${shown(this.#peek())}`);
    const value = this.#value(0);
    this.#attributes.push({ name: key.text, line: key.line, value });
    const after = this.#peek();
    if (this.#take(';') || after.kind === 'end' || (after.kind === 'mark' && after.text === ']')) return;
    const forgotten = this.#startsAttribute(this.#at) && after.line > key.line;
    const detail = forgotten
      ? 'no ; after the value: add it'
      : `unexpected ${shown(after)} after the value: put text in "quotes", lists in {braces} and end with ;`;
    throw new Mistake(forgotten ? { ...after, line: key.line } : after, detail);
  }

  #value(depth: number): JdlValue {
    const token = this.#next();
    if (token.kind === 'string') return { kind: 'string', text: token.text };
    if (token.kind === 'word') return bareValue(token.text);
    if (token.kind === 'mark' && token.text === '{' && depth < MAX_DEPTH) return this.#list(depth);
    this.#at -= 1;
    if (token.kind === 'mark' && token.text === '[') {
      this.#skipRecord();
      throw new Mistake(token, 'a nested [record] has no meaning in a job description: remove it');
    }
    throw new Mistake(token, `expected a value but found ${shown(token)}`);
  }

  #list(depth: number): JdlValue {
    const items: JdlValue[] = [];
    while (!this.#take('}')) {
      items.push(this.#value(depth + 1));
      if (this.#take(',') || (this.#isMark() && this.#peek().text === '}')) continue;
      throw new Mistake(this.#peek(), `expected , or } in the list but found ${shown(this.#peek())}`);
    }
    return { kind: 'list', items };
  }

  #skipRecord(): void {
    let depth = 0;
    do {
      const token = this.#next();
      if (token.kind === 'mark' && token.text === '[') depth += 1;
      if (token.kind === 'end' || (token.kind === 'mark' && token.text === ']')) depth -= 1;
    } while (depth > 0);
  }

  /** Skips to behind the next ; or to the closing ] or to the next line that begins an attribute. */
  #recover(): void {
    const from = this.#tokens[Math.max(0, this.#at - 1)]?.line ?? 0;
    while (this.#peek().kind !== 'end' && !this.#take(';')) {
      if (this.#isMark() && this.#peek().text === ']') return;
      if (this.#peek().line > from && this.#startsAttribute(this.#at)) return;
      this.#at += 1;
    }
  }

  #startsAttribute(at: number): boolean {
    const [key, equals] = [this.#tokens[at], this.#tokens[at + 1]];
    return key?.kind === 'word' && NAME.test(key.text) && equals?.kind === 'mark' && equals.text === '=';
  }

  #isMark(): boolean {
    return this.#peek().kind === 'mark';
  }

  #take(mark: string): boolean {
    const found = this.#isMark() && this.#peek().text === mark;
    if (found) this.#at += 1;
    return found;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? this.#tokens.at(-1)!;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

/** DIRAC takes an unquoted word as text. */
function bareValue(text: string): JdlValue {
  if (NUMBER.test(text)) return { kind: 'number', text, value: Number(text) };
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return { kind: 'boolean', text, value: lower === 'true' };
  return { kind: 'string', text };
}

function shown(token: Token): string {
  return token.kind === 'end' ? token.text : `"${token.text.slice(0, 40)}"`;
}

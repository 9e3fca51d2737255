// Cuts JDL text into tokens. A comment starts only where a token could, so `srm://host` and `file#1` stay whole.

export interface Token {
  /** `bad`: text that can't be a token; `text` then says what to do about it. */
  readonly kind: 'string' | 'word' | 'mark' | 'bad' | 'end';
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

const MARKS = '[]{}=;,';
const WORD = /[^\s"'{}[\]=;,]+/y;
const BLANKS = /\s+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** Never throws; the last token is `end`. */
export function lex(text: string, firstLine = 1): Token[] {
  const tokens: Token[] = [];
  let line = firstLine;
  let at = 0;
  while (at < text.length) {
    const trivia = triviaEnd(text, at);
    if (trivia === undefined) {
      tokens.push({ kind: 'bad', text: 'the comment /* has no end: close it with */', line });
      break;
    }
    const next = trivia > at ? { end: trivia, token: undefined } : tokenAt(text, at, line);
    if (next.token) tokens.push(next.token);
    line += newlines(text, at, next.end);
    at = next.end;
  }
  tokens.push({ kind: 'end', text: 'the end of the text', line });
  return tokens;
}

/** Where the blanks or the comment that start at `at` end; `at` itself if there are none. */
function triviaEnd(text: string, at: number): number | undefined {
  BLANKS.lastIndex = at;
  if (BLANKS.test(text)) return BLANKS.lastIndex;
  if (text[at] === '#' || text.startsWith('//', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  if (!text.startsWith('/*', at)) return at;
  const end = text.indexOf('*/', at + 2);
  return end < 0 ? undefined : end + 2;
}

function tokenAt(text: string, at: number, line: number): { end: number; token: Token } {
  const first = text[at]!;
  if (MARKS.includes(first)) return { end: at + 1, token: { kind: 'mark', text: first, line } };
  if (first === '"' || first === "'") return quoted(text, at, line);
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0] ?? first;
  return { end: at + word.length, token: { kind: 'word', text: word, line } };
}

function quoted(text: string, start: number, line: number): { end: number; token: Token } {
  const quote = text[start]!;
  const parts: string[] = [];
  let at = start + 1;
  while (at < text.length && text[at] !== '\n') {
    if (text[at] === quote) return { end: at + 1, token: { kind: 'string', text: parts.join(''), line } };
    const escaped = text[at] === '\\' && text[at + 1] !== '\n' ? text[at + 1] : undefined;
    parts.push(escaped === undefined ? text[at]! : unescaped(escaped));
    at += escaped === undefined ? 1 : 2;
  }
  return {
    end: at,
    token: { kind: 'bad', text: `a string has no closing ${quote}: add it (a line break inside is written \\n)`, line },
  };
}

/** An escape that ClassAd doesn't know keeps its backslash, so regular expressions and paths survive. */
function unescaped(letter: string): string {
  if (letter === '"' || letter === "'" || letter === '\\') return letter;
  return ESCAPES[letter] ?? `\\${letter}`;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

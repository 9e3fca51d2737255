// Splits a command line into arguments as a POSIX shell quotes them (XCU 2.2), without any expansion.
import { WmsError } from '@pilotfish/model';

const ESCAPABLE_IN_DOUBLE_QUOTES = '"\\$`';
const PART = /\s+|'[^']*'|"|\\[\s\S]|[^\s'"\\]+|[\s\S]/y;

/** Throws `bad-description` where a quote isn't closed. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    PART.lastIndex = at;
    const part = PART.exec(line)![0];
    at += part.length;
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (part === '"') {
      const quoted = doubleQuoted(line, at);
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else {
      word = (word ?? '') + plain(part);
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function plain(part: string): string {
  if (part === "'") throw unclosed("'");
  if (part.startsWith("'")) return part.slice(1, -1);
  return part.startsWith('\\') && part.length > 1 ? part.slice(1) : part;
}

function doubleQuoted(line: string, start: number): { text: string; end: number } {
  const parts: string[] = [];
  for (let at = start; at < line.length; at++) {
    if (line[at] === '"') return { text: parts.join(''), end: at + 1 };
    if (line[at] === '\\' && ESCAPABLE_IN_DOUBLE_QUOTES.includes(line[at + 1] ?? ' ')) at += 1;
    parts.push(line[at]!);
  }
  throw unclosed('"');
}

function unclosed(quote: string): WmsError {
  return new WmsError('bad-description', `a quote ${quote} isn't closed: close it, or give a list {"one", "two"}`);
}

// The process's own terminal, or what stands in its place.
import { text } from 'node:stream/consumers';
import type { Io } from './cli-context.ts';

const CTRL_C = '\u0003';
const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\u007f', '\b']);

export function terminal({ stdin, stdout, stderr }: NodeJS.Process): Io {
  return {
    stdout,
    stderr,
    stdinIsTTY: stdin.isTTY === true,
    readStdin: () => text(stdin),
    askSecret: (prompt) => askSecret(prompt, stdin, stderr),
  };
}

async function askSecret(prompt: string, stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Promise<string> {
  stderr.write(prompt);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    return await typedLine(stdin);
  } finally {
    stdin.setRawMode(false).pause();
    stderr.write('\n');
  }
}

function typedLine(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (settle: () => void) => {
      stdin.off('data', take);
      settle();
    };
    const take = (chunk: string) => {
      for (const key of chunk) {
        if (key === CTRL_C) return end(() => reject(new Error('nothing was entered')));
        if (ENTER.has(key)) return end(() => resolve(typed));
        typed = ERASE.has(key) ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on('data', take);
  });
}

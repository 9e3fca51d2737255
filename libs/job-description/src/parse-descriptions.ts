// Tells JDL, YAML/JSON and scripts apart, so that one submit command takes them all.
import { parseJdl } from './jdl/parse-jdl.ts';
import type { ParsedJob } from './parsed-job.ts';
import { parseScript } from './script.ts';
import { parseYamlJobs } from './yaml.ts';

type Format = 'jdl' | 'yaml' | 'script';

const JDL_START = /^\[?\s*(\]|[A-Za-z_][\w.]*\s*=)/;

/**
 * All descriptions in a text. `hint`: a format, media type or file name; only its ending counts (`jdl`, `yaml`, `yml`,
 * `json`), and a script takes its name from it. Throws `bad-description`.
 */
export function parseDescriptions(text: string, hint = ''): ParsedJob[] {
  switch (formatOf(text, hint)) {
    case 'jdl':
      return [parseJdl(text)];
    case 'script':
      return [parseScript(text, scriptName(hint))];
    case 'yaml':
      return parseYamlJobs(text);
  }
}

function formatOf(text: string, hint: string): Format {
  const ending = /[a-z]+$/i.exec(hint)?.[0].toLowerCase();
  if (ending === 'jdl') return 'jdl';
  if (ending === 'yaml' || ending === 'yml' || ending === 'json') return 'yaml';
  if (hint === 'script' || text.startsWith('#!')) return 'script';
  return JDL_START.test(withoutComments(text)) ? 'jdl' : 'yaml';
}

function scriptName(hint: string): string | undefined {
  const base = hint.split(/[\\/]/).at(-1);
  return hint === 'script' || !base ? undefined : base;
}

/** From the first character that is neither blank nor in a comment; bracket and comment may alternate. */
function withoutComments(text: string): string {
  let rest = text.trimStart();
  let bracket = '';
  for (;;) {
    const comment = /^(#|\/\/)[^\n]*|^\/\*[\s\S]*?\*\//.exec(rest)?.[0];
    if (comment !== undefined) rest = rest.slice(comment.length).trimStart();
    else if (rest.startsWith('[') && bracket === '') {
      bracket = '[';
      rest = rest.slice(1).trimStart();
    } else return bracket + rest;
  }
}

// A script that carries its own description in lines `#JDL Key = value`, as DIRAC's dsub reads them: one attribute a
// line, the value reaching to the line's end (Interfaces/scripts/dsub.py).

import { badDescription } from './bad-description.ts';
import { type JdlAttribute, type JdlRecord, parseRecord } from './jdl/parse.ts';
import { translate } from './jdl/translate.ts';
import type { ParsedScript } from './parsed-job.ts';

const DIRECTIVE = /^#JDL\s+(.*)$/;
const BARE = /^([A-Za-z_][\w.]*)\s*=\s*([^"'{}\s;][^;]*);?\s*$/;

/** The script becomes the executable, under `name`; throws `bad-description` with pointers `line N, <Attribute>`. */
export function parseScript(text: string, name = 'script.sh'): ParsedScript {
  if (!text.startsWith('#!')) {
    const detail = 'the script must name its interpreter: start it with #!/bin/sh or the like';
    throw badDescription('the script', [{ pointer: 'line 1', detail }]);
  }
  const records = text.split(/\r?\n/).flatMap((line, index) => directive(line, index + 1));
  const attributes = records.flatMap((record) => record.attributes);
  const stated = attributes.filter((attribute) => isExecutable(attribute));
  const flaws = [
    ...records.flatMap((record) => record.flaws),
    ...stated.map(({ line }) => ({
      pointer: `line ${line}, Executable`,
      detail: 'the script itself is the executable: remove this line',
    })),
  ];
  const executable: JdlAttribute = { name: 'Executable', line: 1, value: { kind: 'string', text: name } };
  const rest = attributes.filter((attribute) => !isExecutable(attribute));
  const job = translate({ attributes: [executable, ...rest], flaws }, 'the #JDL lines of the script');
  return { ...job, scriptFile: { name, content: text } };
}

function directive(line: string, number: number): JdlRecord[] {
  const found = DIRECTIVE.exec(line)?.[1]?.trim();
  if (!found) return [];
  const bare = BARE.exec(found);
  const words = bare?.[2]?.trim() ?? '';
  if (bare && /[\s,=]/.test(words) && !/\s(#|\/\/|\/\*)/.test(words))
    return [{ attributes: [{ name: bare[1]!, line: number, value: { kind: 'string', text: words } }], flaws: [] }];
  return [parseRecord(found, number)];
}

function isExecutable({ name }: JdlAttribute): boolean {
  return name.toLowerCase() === 'executable';
}

// DIRAC's ExecutionEnvironment: `NAME=value` entries with percent-encoded values, as a list or joined by semicolons
// (Interfaces/API/Job.py setExecutionEnv, WMS/JobWrapper/JobWrapper.py).
import { WmsError } from '@pilotfish/model';
import type { Draft } from './draft.ts';
import type { JdlValue } from './parse.ts';
import { asText } from './values.ts';

export function addEnvironment({ environment }: Draft, value: JdlValue): void {
  const entries = value.kind === 'list' ? value.items.map(asText) : value.text.split(';');
  for (const entry of entries.map((text) => text.trim()).filter((text) => text !== '')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(0, equals)).trim();
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw new WmsError('bad-description', `"${entry.slice(0, 60)}" must have the form NAME=value`);
    environment.set(name, decoded(entry.slice(equals + 1)));
  }
}

/** A % that begins no escape is kept, which placeholders such as %s and %n need. */
function decoded(text: string): string {
  return text.replace(/(%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

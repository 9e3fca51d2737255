// Turns the attributes of a JDL into a canonical description, gathering every flaw with its line and attribute.
import type { JobDescriptionInput } from '@pilotfish/api-contract';
import { type Flaw, WmsError } from '@pilotfish/model';
import { badDescription, byLine, MAX_FLAWS } from '../bad-description.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { ParsedJob } from '../parsed-job.ts';
import { jsonPointer, schemaFlaws } from '../schema-flaws.ts';
import { expandFiles } from '../sweep.ts';
import { ATTRIBUTES, type Attribute, SERVER_ATTRIBUTES } from './attributes.ts';
import { type Draft, emptyDraft } from './draft.ts';
import { type JdlAttribute, type JdlRecord, jdlPointer } from './parse.ts';
import { applySequence, SEQUENCE_ATTRIBUTES, sequenceOf } from './sequences.ts';
import { settled } from './settle.ts';

const BY_NAME = new Map(ATTRIBUTES.map((attribute) => [attribute.name.toLowerCase(), attribute]));
const NAMES = [...ATTRIBUTES.map(({ name }) => name), ...SEQUENCE_ATTRIBUTES];

/** Throws `bad-description` with all flaws, those of reading included. */
export function translate(record: JdlRecord, what: string): ParsedJob {
  const translation = new Translation();
  for (const attribute of record.attributes) translation.add(attribute);
  const description = translation.finish(new Set(record.flaws.map(({ pointer }) => pointer.split(', ')[1] ?? '')));
  const flaws = [...record.flaws, ...translation.flaws];
  if (flaws.length > 0) throw badDescription(what, flaws.sort(byLine));
  return { description, inputFiles: expandFiles(translation.files, description.sweep) };
}

class Translation {
  readonly flaws: Flaw[] = [];
  readonly #draft: Draft = emptyDraft();
  /** First line of each attribute, by lower-case name. */
  readonly #lines = new Map<string, number>();
  /** Which attribute set what, by JSON pointer. */
  readonly #origins = new Map<string, JdlAttribute>();

  add(attribute: JdlAttribute): void {
    if (this.flaws.length >= MAX_FLAWS) return;
    const key = attribute.name.toLowerCase();
    const known = BY_NAME.get(key);
    const sequence = sequenceOf(attribute.name);
    const first = this.#lines.get(key);
    if (first !== undefined) {
      this.#object(attribute, `is given twice, first on line ${first}: keep one`);
      return;
    }
    this.#lines.set(key, attribute.line);
    if (known) this.#origins.set(known.target, this.#origins.get(known.target) ?? attribute);
    if (sequence) this.#origins.set(`/sweep/parameters/${sequence}`, attribute);
    this.#guarded(attribute, () => this.#apply(attribute, known, sequence));
  }

  get files(): readonly string[] {
    return this.#draft.inputFiles;
  }

  /** A whole description if there are no flaws afterwards. */
  finish(unreadable: ReadonlySet<string>): JobDescriptionInput {
    const draft = this.#draft;
    const described = settled(draft, (target, step) => this.#guarded(this.#origin(target), step));
    const schema = schemaFlaws(described).filter(({ path }) => !(path[0] === 'executable' && this.#failed(unreadable)));
    for (const { path, detail } of schema) this.#object(this.#origin(jsonPointer(path)), detail);
    return described as JobDescriptionInput;
  }

  #apply(attribute: JdlAttribute, known: Attribute | undefined, sequence: string | undefined): void {
    if (known) known.apply(this.#draft, attribute.value);
    else if (sequence) applySequence(this.#draft, attribute.name, attribute.value);
    else throw new WmsError('bad-description', unknownDetail(attribute.name));
  }

  #guarded(attribute: JdlAttribute | undefined, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof WmsError)) throw error;
      this.#object(attribute, error.message);
    }
  }

  #object(attribute: Pick<JdlAttribute, 'line' | 'name'> | undefined, detail: string): void {
    this.flaws.push({ pointer: jdlPointer(attribute?.line ?? 1, attribute?.name ?? 'Executable'), detail });
  }

  /** The attribute that set `pointer` or something that encloses it. */
  #origin(pointer: string): JdlAttribute | undefined {
    const enclosing = [...this.#origins]
      .filter(([target]) => `${pointer}/`.startsWith(`${target}/`))
      .sort(([a], [b]) => a.length - b.length);
    const within = [...this.#origins].filter(([target]) => target.startsWith(`${pointer}/`));
    return (enclosing.at(-1) ?? within[0])?.[1];
  }

  /** Executable was written but couldn't be read, so it isn't missing. */
  #failed(unreadable: ReadonlySet<string>): boolean {
    const written = [...unreadable, ...this.flaws.map(({ pointer }) => pointer.split(', ')[1] ?? '')];
    return written.some((name) => name.toLowerCase() === 'executable');
  }
}

function unknownDetail(name: string): string {
  if (SERVER_ATTRIBUTES.has(name.toLowerCase())) return 'is set by the server from your login: remove it';
  return `is no JDL attribute: ${didYouMean(name, NAMES)}`;
}

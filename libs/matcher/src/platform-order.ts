// Which offered platform satisfies a wanted one: a newer level of the same architecture runs what an older one runs.

interface Platform {
  readonly name: string;
  /** All but the level and the system; undefined for a plain string. */
  readonly family: string | undefined;
  readonly level: number;
  readonly system: string;
}

/** `x86_64_v3-any`, `armv8.2_a-el9` (LHCb's names) and `linux/amd64/v3` (variants of the OCI image specification). */
const FORMS: readonly { readonly form: RegExp; readonly family: string }[] = [
  { form: /^x86_64(?:_v([1-4]))?-(.+)$/, family: 'x86_64' },
  { form: /^armv8\.([1-9])_a-(.+)$/, family: 'armv8_a' },
  { form: /^linux\/amd64(?:\/v([1-4]))?$/, family: 'linux/amd64' },
];

/** By list: the lists of queues and nodes stay, and are compared over and over. */
const readLists = new WeakMap<readonly string[], readonly Platform[]>();

function platformsOf(names: readonly string[]): readonly Platform[] {
  const known = readLists.get(names);
  if (known !== undefined) return known;
  const read = names.map(platformOf);
  readLists.set(names, read);
  return read;
}

function platformOf(name: string): Platform {
  for (const { form, family } of FORMS) {
    const found = form.exec(name);
    if (found !== null) return { name, family, level: Number(found[1] ?? 1), system: found[2] ?? '' };
  }
  return { name, family: undefined, level: 1, system: '' };
}

/**
 * Whether a node that offers `offered` runs a job that wants any of `wanted`; no wish is always met. Plain strings must
 * be equal. With a level, the offered one must be at least the wanted one of the same architecture (`x86_64` alone is
 * v1) and the same system; a job that wants the system `any` runs on every system.
 */
export function platformMet(wanted: readonly string[], offered: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const offers = platformsOf(offered);
  return platformsOf(wanted).some((want) => offers.some((offer) => runs(want, offer)));
}

function runs(want: Platform, offer: Platform): boolean {
  if (want.name === offer.name) return true;
  if (want.family === undefined || want.family !== offer.family) return false;
  return offer.level >= want.level && (want.system === offer.system || want.system === 'any');
}

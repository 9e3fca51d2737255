// Data keys are wrapped by a key that is not in the database: here by keys given to the process, elsewhere by a vault.
import { type Secret, WmsError } from '@pilotfish/model';
import { open, seal } from './envelope.ts';

export interface WrappedKey {
  /** Which key wrapped it. */
  readonly wrappingKey: string;
  readonly wrapped: Buffer;
}

export interface KeyWrap {
  /** The id under which `wrap` wraps now. */
  readonly current: string;
  wrap(vo: string, dataKey: Secret<Buffer>): Promise<WrappedKey>;
  /** Throws WmsError `internal` for a key that is not at hand, or a wrapped key of another VO. */
  unwrap(vo: string, wrapped: WrappedKey): Promise<Secret<Buffer>>;
}

/**
 * Wraps by the 256-bit key `current` names; the others only unwrap what was wrapped before. To rotate: give the new key
 * beside the old and make it current, call rewrapAll, then drop the old.
 */
export function keyring(current: string, keys: Readonly<Record<string, Secret<Buffer>>>): KeyWrap {
  const keyOf = (id: string): Secret<Buffer> => {
    if (Object.hasOwn(keys, id)) return keys[id]!;
    throw new WmsError('internal', `Wrapping key “${id}” is not configured; give it back until rewrapAll has run.`);
  };
  const placeOf = (vo: string, id: string) => ['data key', vo, id] as const;
  return {
    current,
    async wrap(vo, dataKey) {
      return { wrappingKey: current, wrapped: seal(keyOf(current), placeOf(vo, current), dataKey.reveal()) };
    },
    async unwrap(vo, { wrappingKey, wrapped }) {
      return open(keyOf(wrappingKey), placeOf(vo, wrappingKey), wrapped);
    },
  };
}

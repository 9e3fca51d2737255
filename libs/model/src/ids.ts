// Identifiers are branded so that a VM's id can't be handed where a profile's name is meant.
type Branded<Base, Name extends string> = Base & { readonly __brand: Name };

/** Positive integer given by the database; never reused. */
export type JobId = Branded<number, 'JobId'>;
/** Positive integer of a task queue. */
export type QueueId = Branded<number, 'QueueId'>;
/** RFC 9562 UUID of a VM; also the key by which the cloud knows it. */
export type VmId = Branded<string, 'VmId'>;
/** RFC 9562 UUID of one run of the pilot program on a VM. */
export type PilotId = Branded<string, 'PilotId'>;
/** `sha256:<64 hex>` of a blob. */
export type Digest = Branded<string, 'Digest'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isVmId = (text: string): text is VmId => UUID.test(text);
export const isDigest = (text: string): text is Digest => DIGEST.test(text);

// Pieces that several messages share.
import { z } from 'zod';

/** RFC 3339 instant in UTC. */
export const instant = z.iso.datetime();
export const jobId = z.coerce.number().int().positive();
export const uuid = z.uuid();
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const resourceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'use 1–63 of a–z, 0–9, dot, dash, underscore; start with a letter or digit');

export const resources = z.object({
  processors: z.int().min(0),
  memoryMb: z.int().min(0),
  diskMb: z.int().min(0),
  gpus: z.int().min(0),
});

/** `true` or `false` in a query; left out it is false. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .default(false)
  .transform((value) => value === true || value === 'true');

/** Cursor pagination: opaque `cursor` from the last page, `limit` rows. */
export const page = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional(),
};
export const nextCursor = z.string().nullable();

/** A query parameter given once or several times. */
export const many = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).optional());

import { jobDescription } from '@pilotfish/api-contract';
import { z } from 'zod';

const ID = 'https://pilotfish.example/schemas/job-v1.json';

/** JSON Schema (2020-12) of what a client may send; rules between fields are checked by the server only. */
export function jobDescriptionJsonSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(jobDescription, { io: 'input' });
  return { $schema, $id: ID, title: 'Pilotfish job description, version 1', ...schema };
}

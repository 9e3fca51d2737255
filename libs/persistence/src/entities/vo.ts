import type { Vo } from '@pilotfish/model';
import { EntitySchema } from 'typeorm';

export const voEntity = new EntitySchema<Vo>({
  name: 'vo',
  tableName: 'vo',
  columns: {
    name: { type: 'text', primary: true },
    description: { type: 'text' },
    weight: { type: 'double precision' },
  },
});

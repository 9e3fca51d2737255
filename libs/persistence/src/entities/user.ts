import type { User } from '@pilotfish/model';
import { EntitySchema } from 'typeorm';

export const userEntity = new EntitySchema<User>({
  name: 'user',
  tableName: 'person',
  columns: {
    name: { type: 'text', primary: true },
    vo: { type: 'text', nullable: true },
    group: { type: 'text', name: 'grp' },
    role: { type: 'text' },
  },
});

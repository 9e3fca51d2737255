import type { CloudEndpoint } from '@pilotfish/model';
import { EntitySchema } from 'typeorm';

export const endpointEntity = new EntitySchema<CloudEndpoint>({
  name: 'endpoint',
  tableName: 'endpoint',
  columns: {
    name: { type: 'text', primary: true },
    kind: { type: 'text' },
    site: { type: 'text' },
    enabled: { type: 'boolean' },
    maxVms: { type: 'integer', name: 'max_vms' },
    maxProcessors: { type: 'integer', name: 'max_processors' },
    settings: { type: 'jsonb' },
  },
});

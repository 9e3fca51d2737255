// Who takes part: two VOs with a user each, one local endpoint, and a VM profile per VO.
import { Client, type EndpointSpec, type ProfileSpec, routes } from '@pilotfish/api-contract';
import type { Secret } from '@pilotfish/model';

export const ASTRO = 'astro';
export const BIO = 'bio';
export const VM_CORES = 4;

const ENDPOINT: EndpointSpec = { kind: 'local', site: 'LOCAL.demo', maxVms: 4, maxProcessors: 16 };
const PROFILE: ProfileSpec = {
  endpoints: ['local'],
  capacity: { processors: VM_CORES, memoryMb: 4096, diskMb: 10_240 },
  maxVms: 3,
  idleS: 3,
  lostAfterS: 30,
  bootTimeoutS: 60,
};

export interface Actor {
  readonly vo: string;
  readonly name: string;
  readonly token: string;
  readonly client: Client;
}

export interface Cast {
  readonly operator: Client;
  readonly alice: Actor;
  readonly bob: Actor;
}

export async function assemble(url: string, operatorToken: Secret): Promise<Cast> {
  const operator = new Client({ url, token: () => operatorToken.reveal() });
  await operator.call(routes.putEndpoint, { params: { name: 'local' }, body: ENDPOINT });
  const actor = async (vo: string, name: string, description: string): Promise<Actor> => {
    await operator.call(routes.putVo, { params: { name: vo }, body: { description } });
    await operator.call(routes.putProfile, { params: { vo, name: 'small' }, body: PROFILE });
    const { token } = await operator.call(routes.addUser, { body: { name, vo } });
    return { vo, name, token, client: new Client({ url, token: () => token }) };
  };
  return {
    operator,
    alice: await actor(ASTRO, 'alice', 'Astronomers, who render a picture'),
    bob: await actor(BIO, 'bob', 'Biologists, who run everything else'),
  };
}

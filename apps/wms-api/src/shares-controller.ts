import { Controller, Inject } from '@nestjs/common';
import { shareRoutes } from '@pilotfish/api-contract';
import { authorise, readScope } from '@pilotfish/identity';
import { putShares } from '@pilotfish/persistence';
import { shareNodes } from '@pilotfish/workload';
import { type Input, On, Parsed, Who } from './http/on.ts';
import { nameOf } from './http/path-values.ts';
import type { UserCaller } from './prepare.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class SharesController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(shareRoutes.listShares)
  async list(@Who() caller: UserCaller, @Parsed() { query }: Input<typeof shareRoutes.listShares>) {
    if (query.vo !== undefined) authorise(caller, 'jobs.read', { vo: query.vo });
    return this.#sharesOf(query.vo ?? readScope(caller).vo);
  }

  @On(shareRoutes.putShares)
  async put(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof shareRoutes.putShares>) {
    const vo = nameOf(params.vo);
    authorise(caller, 'people.manage', { vo });
    await putShares(this.#api.db, vo, body.shares, caller.name);
    return this.#sharesOf(vo);
  }

  async #sharesOf(vo: string | undefined) {
    const { claims } = this.#api;
    const [shares, candidates] = await Promise.all([claims.shares(), claims.candidates()]);
    const waiting = candidates.map(({ queue }) => queue);
    return { shares: shareNodes(shares, waiting).filter((node) => vo === undefined || node.vo === vo) };
  }
}

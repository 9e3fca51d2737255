import { Controller, Inject } from '@nestjs/common';
import { fleetRoutes } from '@pilotfish/api-contract';
import { authorise } from '@pilotfish/identity';
import { brokenAtRest, brokenInvariants } from '@pilotfish/persistence';
import { type Input, On, Parsed, Who } from './http/on.ts';
import type { UserCaller } from './prepare.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class InvariantsController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(fleetRoutes.checkInvariants)
  async check(@Who() caller: UserCaller, @Parsed() { query }: Input<typeof fleetRoutes.checkInvariants>) {
    authorise(caller, 'fleet.manage', { vo: null });
    const check = query.atRest ? brokenAtRest : brokenInvariants;
    return { broken: [...(await check(this.#api.db))] };
  }
}

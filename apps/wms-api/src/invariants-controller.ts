import { Controller, Inject } from '@nestjs/common';
import { fleetRoutes } from '@pilotfish/api-contract';
import { authorise } from '@pilotfish/identity';
import { brokenInvariants } from '@pilotfish/persistence';
import { On, Who } from './http/on.ts';
import type { UserCaller } from './prepare.ts';
import { API, type Api } from './wiring.ts';

@Controller()
export class InvariantsController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(fleetRoutes.checkInvariants)
  async check(@Who() caller: UserCaller) {
    authorise(caller, 'fleet.manage', { vo: null });
    return { broken: [...(await brokenInvariants(this.#api.db))] };
  }
}

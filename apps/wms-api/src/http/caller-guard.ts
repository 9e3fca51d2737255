// Who is calling, and may they: the one gate in front of every route of the contract.

import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { may } from '@pilotfish/identity';
import { type Caller, WmsError } from '@pilotfish/model';
import { type ApiRequest, routeOf } from './on.ts';

export type Identify = (token: string) => Promise<Caller | undefined>;

export class CallerGuard implements CanActivate {
  readonly #identify: Identify;

  constructor(identify: Identify) {
    this.#identify = identify;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = routeOf(context);
    if (route === undefined || route.permission === 'public') return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) {
      throw new WmsError(
        'unauthenticated',
        'send a personal token as `Authorization: Bearer …`; `wms login` does it for you',
      );
    }
    const caller = await this.#identify(token);
    if (caller === undefined) {
      throw new WmsError(
        'unauthenticated',
        'the token is unknown, expired or revoked; ask for a new one and log in again',
      );
    }
    if (!may(caller, route.permission)) {
      const who = caller.kind === 'user' ? `a ${caller.role}` : 'a VM';
      throw new WmsError('forbidden', `${route.id} is not for ${who}; it needs the permission ${route.permission}`);
    }
    request.caller = caller;
    return true;
  }
}

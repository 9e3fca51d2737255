import { Controller, Inject } from '@nestjs/common';
import { peopleRoutes } from '@pilotfish/api-contract';
import { authorise, authoriseOver, makePersonalToken } from '@pilotfish/identity';
import { type User, WmsError } from '@pilotfish/model';
import { named, tokenTimes } from './fleet-controller.ts';
import { type Input, On, Parsed, Who } from './http/on.ts';
import type { UserCaller } from './prepare.ts';
import { API, type Api } from './wiring.ts';

const DAY_MS = 86_400_000;

@Controller()
export class PeopleController {
  readonly #api: Api;

  constructor(@Inject(API) api: Api) {
    this.#api = api;
  }

  @On(peopleRoutes.whoAmI)
  me(@Who() { name, vo, group, role }: UserCaller) {
    return { name, vo, group, role };
  }

  @On(peopleRoutes.listVos)
  async vos() {
    return { vos: await this.#api.people.vos() };
  }

  @On(peopleRoutes.putVo)
  async putVo(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof peopleRoutes.putVo>) {
    authorise(caller, 'people.manage', { vo: null });
    const vo = { name: named(params.name), ...body };
    await this.#api.people.putVo(vo, caller.name);
    return vo;
  }

  @On(peopleRoutes.listUsers)
  async users(@Who() caller: UserCaller) {
    return { users: await this.#api.people.users(caller.vo) };
  }

  @On(peopleRoutes.addUser)
  async addUser(@Who() caller: UserCaller, @Parsed() { body }: Input<typeof peopleRoutes.addUser>) {
    const user: User = body;
    authorise(caller, 'people.manage', { vo: user.vo });
    authoriseOver(caller, user);
    const { token, hash } = makePersonalToken();
    await this.#api.people.addUser(user, { hash, label: 'first', expiresAt: null }, caller.name);
    return { user, token: token.reveal() };
  }

  @On(peopleRoutes.issueToken)
  async issue(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof peopleRoutes.issueToken>) {
    const user = await this.#person(caller, params.name);
    const { token, hash } = makePersonalToken();
    const expiresAt = new Date(Date.now() + body.days * DAY_MS);
    const id = await this.#api.people.issueToken(user.name, { hash, label: body.label, expiresAt }, caller.name);
    return { id, token: token.reveal() };
  }

  @On(peopleRoutes.listTokens)
  async tokens(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof peopleRoutes.listTokens>) {
    const user = await this.#person(caller, params.name);
    const tokens = await this.#api.people.tokens(user.name);
    return {
      tokens: tokens.map((token) => ({ id: token.id, user: token.user, label: token.label, ...tokenTimes(token) })),
    };
  }

  @On(peopleRoutes.revokeToken)
  async revoke(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof peopleRoutes.revokeToken>) {
    const user = await this.#person(caller, params.name);
    await this.#api.people.revokeToken(user.name, Number(params.id), caller.name);
  }

  async #person(caller: UserCaller, name: string): Promise<User> {
    const user = await this.#api.people.findUser(name);
    if (user === undefined) throw new WmsError('not-found', `there is no user ${name}`);
    authoriseOver(caller, user);
    return user;
  }
}

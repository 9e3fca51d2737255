import { Controller, Inject } from '@nestjs/common';
import { peopleRoutes } from '@pilotfish/api-contract';
import { authorise, authoriseOver, makePersonalToken, readScope } from '@pilotfish/identity';
import { type User, WmsError } from '@pilotfish/model';
import { type Input, On, Parsed, Who } from './http/on.ts';
import { nameOf, wholeNumber } from './http/path-values.ts';
import type { UserCaller } from './prepare.ts';
import { at, tokenView } from './present.ts';
import { API, type Api } from './wiring.ts';

const DAY_MS = 86_400_000;
/** Days for which the first token of a new user is good. */
const FIRST_TOKEN_DAYS = 90;

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
    const vo = { name: nameOf(params.name), ...body };
    await this.#api.people.putVo(vo, caller.name);
    return vo;
  }

  @On(peopleRoutes.listUsers)
  async users(@Who() caller: UserCaller) {
    return { users: await this.#api.people.users(readScope(caller).vo ?? null) };
  }

  @On(peopleRoutes.addUser)
  async addUser(@Who() caller: UserCaller, @Parsed() { body }: Input<typeof peopleRoutes.addUser>) {
    const user: User = { ...body, vo: body.vo ?? caller.vo };
    authorise(caller, 'people.manage', { vo: user.vo });
    authoriseOver(caller, user);
    const { token, hash } = makePersonalToken();
    const expiresAt = inDays(FIRST_TOKEN_DAYS);
    await this.#api.people.addUser(user, { hash, label: 'first', expiresAt }, caller.name);
    return { user, token: token.reveal(), expiresAt: at(expiresAt) };
  }

  @On(peopleRoutes.issueToken)
  async issue(@Who() caller: UserCaller, @Parsed() { params, body }: Input<typeof peopleRoutes.issueToken>) {
    const user = await this.#person(caller, params.name);
    const { token, hash } = makePersonalToken();
    const expiresAt = inDays(body.days);
    const id = await this.#api.people.issueToken(user.name, { hash, label: body.label, expiresAt }, caller.name);
    return { id, token: token.reveal() };
  }

  @On(peopleRoutes.listTokens)
  async tokens(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof peopleRoutes.listTokens>) {
    const user = await this.#person(caller, params.name);
    const tokens = await this.#api.people.tokens(user.name);
    return { tokens: tokens.map(tokenView) };
  }

  @On(peopleRoutes.revokeToken)
  async revoke(@Who() caller: UserCaller, @Parsed() { params }: Input<typeof peopleRoutes.revokeToken>) {
    const user = await this.#person(caller, params.name);
    await this.#api.people.revokeToken(user.name, wholeNumber(params.id) ?? Number.NaN, caller.name);
  }

  async #person(caller: UserCaller, name: string): Promise<User> {
    const user = await this.#api.people.findUser(name);
    if (user === undefined) throw new WmsError('not-found', `there is no user ${name}`);
    authoriseOver(caller, user);
    return user;
  }
}

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

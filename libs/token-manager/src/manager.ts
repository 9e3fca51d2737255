// Takes refresh tokens in and hands them out, each time on record.
import { type Caller, type Secret, WmsError } from '@pilotfish/model';
import { actorOf, authoriseAsker, type HoldsPayload, type Owner, ownerOf } from './asker.ts';
import { checkLodged } from './check-lodged.ts';
import type { FoundToken, LodgedToken, TokenStore } from './store.ts';

/** A week, as DIRAC asks of MyProxy: no hand-out is for longer. */
const LONGEST_S = 168 * 3600;

export interface TokenManagerDeps {
  readonly store: TokenStore;
  readonly audit: (actor: string, action: string, subject: string, detail: Record<string, unknown>) => Promise<void>;
  readonly holdsPayload: HoldsPayload;
  readonly now?: () => Date;
}

export interface OfferedToken {
  readonly issuer: string;
  readonly refreshToken: Secret;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

export interface HandedToken {
  /** For the step that asks its issuer for an access token, in this process: the refresh token goes no further. */
  readonly token: FoundToken;
  /** What is obtained with it may not outlive this. */
  readonly until: Date;
}

export interface TokenManager {
  /** The caller's own token. Throws WmsError `bad-request` or `forbidden`. */
  lodge(caller: Caller, offered: OfferedToken): Promise<LodgedToken>;
  /** `why`: for the audit. Throws WmsError `wrong-vo`, `forbidden`, `not-found`, or `illegal-state` when it has expired. */
  handOut(caller: Caller, whose: Owner & { issuer: string }, why: string, seconds: number): Promise<HandedToken>;
  /** The caller's own; whether there was one. */
  remove(caller: Caller, issuer: string): Promise<boolean>;
}

// The record comes first each time: what can't be recorded doesn't happen.
export function tokenManager(deps: TokenManagerDeps): TokenManager {
  const { store, audit, holdsPayload, now = () => new Date() } = deps;
  return {
    async lodge(caller, offered) {
      const owner = ownerOf(caller);
      checkLodged(offered, now());
      const { issuer, scopes, expiresAt, refreshToken } = offered;
      await audit(actorOf(caller), 'token.lodge', subjectOf(owner), { issuer, scopes, expiresAt });
      const lodged = { ...owner, issuer, scopes, expiresAt };
      await store.lodge({ ...lodged, refreshToken });
      return lodged;
    },
    async handOut(caller, { issuer, ...whose }, why, seconds) {
      await authoriseAsker(caller, whose, holdsPayload);
      const token = await store.find(whose.vo, whose.owner, issuer);
      if (token === undefined) {
        throw new WmsError('not-found', `${whose.owner} has lodged no token of ${issuer}; lodge one first.`);
      }
      const until = endOf(token, now(), seconds);
      await audit(actorOf(caller), 'token.hand-out', subjectOf(whose), { issuer, why, seconds, until });
      return { token, until };
    },
    async remove(caller, issuer) {
      const owner = ownerOf(caller);
      await audit(actorOf(caller), 'token.remove', subjectOf(owner), { issuer });
      return store.remove(owner.vo, owner.owner, issuer);
    },
  };
}

function endOf({ owner, expiresAt }: FoundToken, now: Date, seconds: number): Date {
  if (!(seconds > 0)) throw new WmsError('bad-request', 'Ask for a token for a positive number of seconds.');
  if (expiresAt !== null && expiresAt <= now) {
    throw new WmsError(
      'illegal-state',
      `The token of ${owner} expired at ${expiresAt.toISOString()}; lodge a new one.`,
    );
  }
  return new Date(Math.min(expiresAt?.getTime() ?? Infinity, now.getTime() + Math.min(seconds, LONGEST_S) * 1000));
}

const subjectOf = ({ vo, owner }: Owner): string => `${vo}/${owner}`;

// Takes proxies in and hands them out, each time on record.
import { type Caller, type Secret, WmsError } from '@pilotfish/model';
import { actorOf, authoriseAsker, type HoldsPayload, type Owner, ownerOf } from './asker.ts';
import { checkLodged } from './check-lodged.ts';
import type { LodgedProxy, ProxyStore, StoredProxy } from './store.ts';

/** A week, as DIRAC asks of MyProxy: no hand-out is for longer. */
const LONGEST_S = 168 * 3600;

export interface ProxyManagerDeps {
  readonly store: ProxyStore;
  readonly audit: (actor: string, action: string, subject: string, detail: Record<string, unknown>) => Promise<void>;
  readonly holdsPayload: HoldsPayload;
  readonly now?: () => Date;
}

export interface HandedProxy {
  /** For the step that signs a delegated proxy, in this process: the private key in it goes no further. */
  readonly proxy: StoredProxy;
  /** What is made from it may not outlive this. */
  readonly until: Date;
}

export interface ProxyManager {
  /** The caller's own proxy. Throws WmsError `bad-request` or `forbidden`. */
  lodge(caller: Caller, pem: Secret): Promise<LodgedProxy>;
  /** `why`: for the audit. Throws WmsError `wrong-vo`, `forbidden`, `not-found`, or `illegal-state` when it has expired. */
  handOut(caller: Caller, whose: Owner, why: string, seconds: number): Promise<HandedProxy>;
  /** The caller's own; whether there was one. */
  remove(caller: Caller): Promise<boolean>;
}

// The record comes first each time: what can't be recorded doesn't happen.
export function proxyManager(deps: ProxyManagerDeps): ProxyManager {
  const { store, audit, holdsPayload, now = () => new Date() } = deps;
  return {
    async lodge(caller, pem) {
      const owner = ownerOf(caller);
      const lodged = { ...owner, ...checkLodged(pem, now()) };
      const { subjectDn, notAfter } = lodged;
      await audit(actorOf(caller), 'proxy.lodge', subjectOf(owner), { subjectDn, notAfter });
      await store.lodge({ ...lodged, pem });
      return lodged;
    },
    async handOut(caller, whose, why, seconds) {
      await authoriseAsker(caller, whose, holdsPayload);
      const proxy = await store.find(whose.vo, whose.owner);
      if (proxy === undefined) throw new WmsError('not-found', `${whose.owner} has lodged no proxy; lodge one first.`);
      const until = endOf(proxy, now(), seconds);
      await audit(actorOf(caller), 'proxy.hand-out', subjectOf(whose), { why, seconds, until });
      return { proxy, until };
    },
    async remove(caller) {
      const owner = ownerOf(caller);
      await audit(actorOf(caller), 'proxy.remove', subjectOf(owner), {});
      return store.remove(owner.vo, owner.owner);
    },
  };
}

function endOf({ owner, notAfter }: StoredProxy, now: Date, seconds: number): Date {
  if (!(seconds > 0)) throw new WmsError('bad-request', 'Ask for a proxy for a positive number of seconds.');
  if (notAfter <= now) {
    throw new WmsError('illegal-state', `The proxy of ${owner} expired at ${notAfter.toISOString()}; lodge a new one.`);
  }
  return new Date(Math.min(notAfter.getTime(), now.getTime() + Math.min(seconds, LONGEST_S) * 1000));
}

const subjectOf = ({ vo, owner }: Owner): string => `${vo}/${owner}`;

// Wake-ups: hints after a commit that something changed, so that nobody has to poll fast. They carry a topic only, may
// be lost, and behind each stands a poll. NOTIFY never runs inside a hot transaction: it would serialise commits.
import type { Secret } from '@pilotfish/model';
import pg from 'pg';

export type Topic = 'work' | 'vms' | 'jobs' | 'plan';

export interface Wake {
  /** Tells every process, this one included, a few milliseconds later; many calls make one notice. */
  ring(topic: Topic): void;
  /** Calls back on each notice, and after a lost connection is back. Returns how to stop it. */
  on(topic: Topic, listener: () => void): () => void;
  close(): Promise<void>;
}

const CHANNEL = 'pilotfish_wake';
/** How long a ring may wait for others: pilots wait for work and orders, people for jobs; each notice is a commit. */
const COALESCE_MS: Readonly<Record<Topic, number>> = { work: 2, vms: 2, plan: 5, jobs: 20 };
const AGAIN_MS = 2;
const RECONNECT_MS = 250;
const TOPICS: readonly Topic[] = ['work', 'vms', 'jobs', 'plan'];

export function postgresWake(url: Secret): Wake {
  const listeners = new Map<Topic, Set<() => void>>(TOPICS.map((topic) => [topic, new Set()]));
  const pending = new Set<Topic>();
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sending = false;
  let due = 0;
  let closed = false;

  const tell = (topic: Topic) => {
    for (const listener of listeners.get(topic) ?? []) listener();
  };

  async function connect(): Promise<void> {
    if (closed) return;
    const next = new pg.Client({ connectionString: url.reveal(), keepAlive: true, application_name: 'pilotfish-wake' });
    let gone = false;
    const lost = () => {
      if (gone) return;
      gone = true;
      if (client === next) client = null;
      next.end().catch(() => undefined);
      if (!closed) setTimeout(() => void connect(), RECONNECT_MS);
    };
    next.on('notification', ({ payload }) => {
      for (const topic of (payload ?? '').split(',')) tell(topic as Topic);
    });
    next.on('error', lost);
    next.on('end', lost);
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNEL}`);
      if (closed) return lost();
      client = next;
      // What was rung while nobody listened is made good by everyone looking again.
      for (const topic of TOPICS) tell(topic);
    } catch {
      lost();
    }
  }
  const ready = connect();

  /** The most urgent ring sets the time; the others go with it. */
  function wakeIn(ms: number): void {
    const at = Date.now() + ms;
    if (timer && due <= at) return;
    if (timer) clearTimeout(timer);
    due = at;
    timer = setTimeout(flush, ms);
  }

  function flush(): void {
    timer = null;
    // One notice at a time; what is rung meanwhile goes out with the next.
    if (sending) {
      wakeIn(AGAIN_MS);
      return;
    }
    const topics = [...pending];
    pending.clear();
    if (!client) {
      for (const topic of topics) tell(topic);
      return;
    }
    sending = true;
    const sent = client.query('SELECT pg_notify($1, $2)', [CHANNEL, topics.join(',')]);
    void sent
      .catch(() => undefined)
      .finally(() => {
        sending = false;
      });
  }

  return {
    ring(topic) {
      pending.add(topic);
      wakeIn(COALESCE_MS[topic]);
    },
    on(topic, listener) {
      listeners.get(topic)?.add(listener);
      return () => listeners.get(topic)?.delete(listener);
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await ready.catch(() => undefined);
      await client?.end().catch(() => undefined);
    },
  };
}

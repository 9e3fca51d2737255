// The embedded database kept running on the same port, so that its URL holds for as long as the supervisor does.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedPostgres, startPostgres } from '@pilotfish/embedded-postgres';
import type { Secret } from '@pilotfish/model';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export interface KeptPostgres {
  readonly url: Secret;
  pid(): number | undefined;
  stop(): Promise<void>;
}

/** @throws WmsError as `startPostgres` does. */
export async function keepPostgres(
  dataDir: string,
  cacheDir: string,
  log: (line: string) => void,
): Promise<KeptPostgres> {
  const settings = { dataDir: join(dataDir, 'postgres'), cacheDir, durability: 'full', log } as const;
  const first = await startPostgres(settings);
  let current: EmbeddedPostgres | undefined;
  let restarting: Promise<void> | undefined;
  const stopping = new AbortController();

  function take(server: EmbeddedPostgres): void {
    current = server;
    server.onExit((how) => {
      current = undefined;
      if (stopping.signal.aborted) return;
      log(`${how}; starting it again`);
      restarting = restart();
    });
  }

  async function restart(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        take(await startPostgres({ ...settings, port: first.port }));
        return;
      } catch (error) {
        log(`PostgreSQL does not start: ${(error as Error).message}`);
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  take(first);
  return {
    url: first.url,
    pid: () => current?.pid,
    async stop() {
      stopping.abort();
      await restarting;
      await current?.stop();
      current = undefined;
    },
  };
}

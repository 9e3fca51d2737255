// Vitest's global set-up: offers the workers a database cluster that starts only when one of them asks. It answers
// on loopback with the cluster's URL, to whoever knows the token; without a question it costs a listening socket.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmbeddedPostgres } from '@pilotfish/embedded-postgres';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a worker asks for the URL of the run's database cluster. */
    testClusterDoor: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<EmbeddedPostgres> | undefined;
  const path = `/${randomBytes(24).toString('base64url')}`;
  const door = createServer((request, response) => {
    if (request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    cluster ??= import('./test-cluster.ts').then(({ startTestCluster }) => startTestCluster());
    cluster.then(
      (started) => response.end(started.url.reveal()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  door.unref();
  project.provide('testClusterDoor', `http://127.0.0.1:${(door.address() as AddressInfo).port}${path}`);
  return async () => {
    door.close();
    door.closeAllConnections();
    await (await cluster?.catch(() => undefined))?.stop();
  };
}

import { defineConfig } from 'vitest/config';

// One tier per project: `./wms test` runs unit, architecture and scenarios; `./wms test --peers` adds peers.
export default defineConfig({
  test: {
    // Once per run for all projects; starts a database cluster only when a test asks for one.
    globalSetup: ['./libs/test-kit/src/global-setup.ts'],
    projects: [
      { test: { name: 'unit', include: ['apps/*/src/**/*.spec.ts', 'libs/*/src/**/*.spec.ts'], testTimeout: 20_000 } },
      { test: { name: 'architecture', include: ['test/architecture/*.spec.ts'], testTimeout: 20_000 } },
      {
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.spec.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.spec.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

/** Unit tests stand beside their files; suites with real neighbours (Envoy, kube-apiserver, Keycloak) under test/. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    restoreMocks: true,
    setupFiles: ['test/support/property-seed.ts'],
    // To load the same modules for each file would cost as much as all tests. What src/ keeps in its modules is what it
    // has worked out once, and each test puts back what it replaces.
    isolate: false,
    // .ci/run adds up what this counts.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '.cache/test-results/vitest.json' }]]
      : ['default'],
    // Programs that tests start, many of them from src/, find there what Node.js has compiled for the one before.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    // Nothing that is waited for so takes long, but a machine may be busy.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,dev,tools}/**/*.test.ts', 'test/{cluster,newcomer,support}/**/*.test.ts'],
          // Two cores are what continuous integration has.
          maxWorkers: 2,
          // Many times what any of them takes: on a busy machine that is soon used up.
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'neighbours',
          include: ['test/**/*.test.ts'],
          exclude: ['test/support/**', 'test/e2e/**', 'test/cluster/**', 'test/newcomer/**', 'test/bench/**'],
          // Most of the time they wait: for servers, for leases that expire, for connections that stay silent.
          maxWorkers: 4,
          testTimeout: 180_000,
          // The first start of a server may download or build it.
          hookTimeout: 20 * 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

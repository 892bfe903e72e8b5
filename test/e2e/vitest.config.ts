/** Portcullis in a real cluster, for `make e2e`: one for all files, which have namespaces of their own. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By name, and last the file that takes the release away. */
class ReleaseLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = ({ moduleId }: TestSpecification) => `${moduleId.endsWith('/release.e2e.ts')} ${moduleId}`;
    return files.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

/** What takes the operator, the node or the provider away from all, or counts every answer to a load. */
const ALONE = ['faults', 'node', 'patroni', 'release', 'webhook-away'].map(
  (name) => `test/e2e/${name}.e2e.ts`,
);

const timeouts = {
  testTimeout: 5 * 60_000,
  // The first start may install and build what a cluster needs.
  hookTimeout: 20 * 60_000,
};

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    // The Makefile says where .ci/run finds the second one.
    reporters: process.env.CI ? ['default', 'json'] : ['verbose'],
    sequence: { sequencer: ReleaseLast },
    globalSetup: ['test/e2e/setup.ts'],
    projects: [
      {
        test: {
          ...timeouts,
          name: 'beside',
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: ALONE,
          // Most of the time they wait for pods.
          maxWorkers: 3,
        },
      },
      {
        test: {
          ...timeouts,
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

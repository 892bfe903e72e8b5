/**
 * What needs a real node, for `make e2e`, one file at a time. The cluster's own tests and those of Portcullis in it
 * are run one after the other: a checkout has one cluster.
 */
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

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    // The Makefile says where .ci/run finds the second one.
    reporters: process.env.CI ? ['default', 'json'] : ['verbose'],
    fileParallelism: false,
    sequence: { sequencer: ReleaseLast },
    maxWorkers: 1,
    testTimeout: 5 * 60_000,
    // The first start may install and build what a cluster needs.
    hookTimeout: 20 * 60_000,
    projects: [
      { extends: true, test: { name: 'cluster', include: ['test/cluster/**/*.e2e.ts'] } },
      { extends: true, test: { name: 'image', include: ['test/image/**/*.e2e.ts'] } },
      { extends: true, test: { name: 'newcomer', include: ['test/newcomer/**/*.e2e.ts'] } },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.e2e.ts'], globalSetup: ['test/e2e/setup.ts'] },
      },
    ],
  },
});

/** For `make e2e`: the cluster itself, the image, and README.md as a newcomer reads it, who has a checkout of her own. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By name, so that the same files run beside each other each time. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    // The Makefile says where .ci/run finds the second one.
    reporters: process.env.CI ? ['default', 'json'] : ['verbose'],
    include: ['test/{cluster,image,newcomer}/**/*.e2e.ts'],
    sequence: { sequencer: ByName },
    // They wait for each other in nothing.
    maxWorkers: 2,
    // A test builds an image, while the other half of `make e2e` takes its share of the processors.
    testTimeout: 10 * 60_000,
    // The first start may install and build what a cluster needs.
    hookTimeout: 20 * 60_000,
  },
});

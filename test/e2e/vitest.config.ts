/**
 * Portcullis in a real cluster, for `make e2e`: one for all files, which have namespaces of their own. The release has
 * another one where it can, at the same time.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const fileOf = (name: string): string => `test/e2e/${name}.e2e.ts`;

/** Those that take longest, so that no worker is left with one at the end. */
const FIRST = ['guarded', 'pods', 'refused'].map(fileOf);

/** By name, but for those. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = ({ moduleId }: TestSpecification) =>
      `${!FIRST.some((file) => moduleId.endsWith(`/${file}`))} ${moduleId}`;
    return files.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

/** What takes the operator, the node or the provider away from all, or counts every answer to a load. */
const ALONE = ['faults', 'node', 'patroni', 'webhook-away'].map(fileOf);
/** Have validators of gateways in the release, which they upgrade: of products that share the names of their pages. */
const ENVOY_GATEWAY = ['test/e2e/gateways/envoy-gateway-*.e2e.ts'];
const ISTIO = ['test/e2e/gateways/istio-*.e2e.ts'];
/** Takes the others' release away. */
const RELEASE = [fileOf('release')];

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
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/e2e/setup.ts'],
    projects: [
      {
        test: {
          ...timeouts,
          name: 'beside',
          include: ['test/e2e/**/*.e2e.ts'],
          exclude: [...ALONE, ...ENVOY_GATEWAY, ...ISTIO, ...RELEASE],
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
      {
        test: {
          ...timeouts,
          name: 'envoy-gateway',
          include: ENVOY_GATEWAY,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...timeouts,
          name: 'istio',
          include: ISTIO,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...timeouts,
          name: 'release',
          include: RELEASE,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

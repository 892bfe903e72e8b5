/** An operator in a cluster that does not know its kinds: it says what to do, and goes on when that is done. */

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from './harness.ts';

const CRDS = fileURLToPath(new URL('../../crds', import.meta.url));

let world: World;

beforeAll(async () => {
  world = await startWorld({ namespaces: [] });
});
afterAll(() => world?.stop());

it('says that the CRDs are missing, and serves when they are there', async () => {
  await world.kubectl('delete', '--filename', CRDS, '--wait');
  const { operator, serving } = await world.launch();
  for (const kind of ['AuthenticationSource', 'ApiBinding']) {
    const line = await operator.process.until(`a word on ${kind}`, 60, async () =>
      operator.lines().find(({ msg }) => msg === `Could not follow ${kind}s`),
    );
    expect(line.remedy).toMatch(
      new RegExp(
        `^the cluster does not know the kind ${kind}: install the CRDs, by crds\\.enabled=true of the chart`,
      ),
    );
  }
  await world.kubectl('create', '--filename', CRDS);
  await serving();
});

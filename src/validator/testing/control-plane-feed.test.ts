import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { type Disk, systemDisk } from '../control-plane/disk.ts';
import { watchedFeed } from './control-plane-feed.ts';
import { podFiles, startControlPlane } from './control-plane-server.ts';
import { policyOf } from './policies.ts';
import { settle } from './transport.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

it('has stopped when what it writes is written, on a disk however slow', async () => {
  const files = podFiles();
  const server = await startControlPlane({ plain: true });
  cleanUps.push(files.remove, server.stop);
  files.writeToken('token');
  const writes: { readonly go: () => void }[] = [];
  const disk: Disk = {
    read: systemDisk.read,
    replace: async (file, text) => {
      const gate = Promise.withResolvers<void>();
      writes.push({ go: gate.resolve });
      await gate.promise;
      await systemDisk.replace(file, text);
    },
  };
  const { start, until, stop } = watchedFeed({
    ...files,
    disk,
    url: server.url,
    clock: manualClock(),
    maxStale: 86_400,
  });
  const [a, b] = [policyOf('a'), policyOf('b')];
  server.publish(a);
  await start();
  await until(() => writes.length === 1);
  server.publish(b);
  // The second one waits until the first is written.
  await until(({ version }) => version === b.version);
  let hasStopped = false;
  const stopping = stop().then(() => {
    hasStopped = true;
  });
  for (let written = 0; written < 2; written++) {
    await until(() => writes.length === written + 1);
    await settle();
    expect(hasStopped).toBe(false);
    writes[written]?.go();
  }
  await stopping;
  expect(readFileSync(join(files.stateFolder, 'policy.json'), 'utf8')).toContain(b.version);
});

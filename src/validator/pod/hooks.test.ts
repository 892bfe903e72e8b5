import { expect, it, vi } from 'vitest';
import { textPage } from '../../process/pages.ts';
import { answering, UNLOGGED } from '../testing/probing.ts';
import { forKubelet } from './hooks.ts';
import { probePages } from './probes.ts';
import { readPodSettings } from './settings.ts';

const KEY = 'k'.repeat(22);

it.each([
  ['no key', {}],
  ['an empty key', { 'x-portcullis-hook': '' }],
  ['a part of it', { 'x-portcullis-hook': KEY.slice(1) }],
  ['two keys', { 'x-portcullis-hook': `${KEY}, ${KEY}` }],
])('with %s nothing is done', async (_, headers) => {
  const page = vi.fn(async () => textPage(200, 'done'));
  expect(await forKubelet(KEY, page)(headers)).toMatchObject({ status: 403 });
  expect(page).not.toHaveBeenCalled();
});

it('with the key it is, and without one to show', async () => {
  const page = async () => textPage(200, 'done');
  expect(await forKubelet(KEY, page)({ 'x-portcullis-hook': KEY })).toEqual(textPage(200, 'done'));
  expect(await forKubelet(undefined, page)({})).toEqual(textPage(200, 'done'));
});

it('hooks need the key, and probes do not', async () => {
  const target = { httpGet: { port: await answering(200) }, timeoutSeconds: 30 };
  const kinds = ['startup', 'readiness', 'liveness', 'postStart', 'preStop'];
  const { probes, hookKey } = readPodSettings({
    PORTCULLIS_PROBE_TARGETS: JSON.stringify({
      app: Object.fromEntries(kinds.map((kind) => [kind, target])),
    }),
    PORTCULLIS_HOOK_KEY: KEY,
  });
  const pages = probePages(probes, hookKey, UNLOGGED);
  const statuses = (headers: Record<string, string>) =>
    Promise.all(kinds.map(async (kind) => (await pages[`/probe/app/${kind}`]?.(headers, ''))?.status));
  expect(await statuses({})).toEqual([200, 200, 200, 403, 403]);
  expect(await statuses({ 'x-portcullis-hook': KEY })).toEqual([200, 200, 200, 200, 200]);
});

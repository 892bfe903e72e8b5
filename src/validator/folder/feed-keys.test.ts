/** Keys on their way from a provider, through the folder feed, into the policy. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publicJwk } from '../../../test/support/tokens.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { feedFolder } from '../testing/feed.ts';
import { bindingText, sourceText } from '../testing/manifests.ts';

let cleanUps: (() => unknown)[];
let write: ReturnType<typeof feedFolder>['write'];
let setUp: ReturnType<typeof feedFolder>['setUp'];
let remove: () => Promise<void>;

beforeEach(() => {
  ({ cleanUps, write, setUp, remove } = feedFolder());
});
afterEach(() => remove());

async function provider() {
  const state = { keys: [publicJwk('RS256')], requests: 0 };
  const server = createServer((_, response) => {
    state.requests += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: state.keys }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys` };
}
const kids = ({ policy }: PolicyUpdate) =>
  policy.sources.flatMap(({ keys }) =>
    keys?.kind === 'public' ? keys.keys.map(({ kid }) => kid) : [keys?.kind],
  );
const uid = (update: PolicyUpdate) => update.policy.sources[0]?.uid ?? '';

it('keys come after the start, which does not wait for them', async () => {
  const { url } = await provider();
  write('a.yaml', `${sourceText({ keys: { jwksURI: url } })}---\n${bindingText('a', 'a.example')}`);
  const { start, until, last, updates, fetches } = setUp();
  await start();
  expect(kids(last())).toEqual(['unavailable']);
  await until(() => kids(last())[0] === 'a');
  expect(updates).toHaveLength(2);
  expect(last().keysChecked.get(uid(last()))).toBeGreaterThan(1_700_000_000);
  expect(fetches).toEqual(['default/okta success']);
});

it('keys are asked for anew, and in force when that is over', async () => {
  const { url, state } = await provider();
  write('a.yaml', `${sourceText({ keys: { jwksURI: url } })}---\n${bindingText('a', 'a.example')}`);
  const { start, until, last, feed } = setUp();
  await start();
  await until(() => kids(last())[0] === 'a');
  state.keys = [publicJwk('RS256', 'b')];
  await feed.refreshKeys(uid(last()));
  expect(kids(last())).toEqual(['b']);
  expect(feed.refreshKeys(uid(last()))).toBeUndefined();
  expect(feed.refreshKeys('unknown')).toBeUndefined();
  expect(state.requests).toBe(2);
});

it('keys are void once the source points elsewhere', async () => {
  const { url } = await provider();
  const text = (jwksURI: string) =>
    `${sourceText({ keys: { jwksURI } })}---\n${bindingText('a', 'a.example')}`;
  write('a.yaml', text(url));
  const { start, until, last, updates } = setUp();
  await start();
  await until(() => kids(last())[0] === 'a');
  write('a.yaml', text('http://127.0.0.1:1/keys'));
  await until(() => kids(last())[0] === 'unavailable');
  expect(updates.map(kids).slice(2)).toEqual(updates.slice(2).map(() => ['unavailable']));
});

it('keys of a provider that is down are told about once, and when it is back', async () => {
  const { url } = await provider();
  write('a.yaml', `${sourceText({ keys: { jwksURI: url } })}---\n${bindingText('a', 'a.example')}`);
  const { start, until, lines, last } = setUp({ fetchDenyCidrs: ['127.0.0.0/8'] });
  await start();
  await until(() => lines.some((line) => line.includes('the keys of default/okta cannot be fetched')));
  expect(kids(last())).toEqual(['unavailable']);
});

it('what is wrong with fetching is told again when it is something else, or about a source that came back', async () => {
  const text = (port: number) =>
    `${sourceText({ keys: { jwksURI: `http://127.0.0.1:${port}/keys` } })}---\n${bindingText('a', 'a.example')}`;
  write('a.yaml', text(1));
  const { start, until, lines, fetches } = setUp();
  const told = (port: number) =>
    lines.filter((line) => line.includes(`cannot be fetched: 127.0.0.1:${port}`)).length;
  await start();
  await until(() => told(1) === 1);
  write('a.yaml', text(2));
  await until(() => told(2) === 1);

  write('a.yaml', bindingText('a', 'a.example'));
  await until(() => lines.some((line) => line.includes('SourceNotPermitted')));
  write('a.yaml', text(2));
  await until(() => fetches.length === 3);
  await until(() => told(2) === 2);
});

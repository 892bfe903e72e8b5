/** The mistakes of a first hour end with a message that says what is wrong, where, and what to do. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageOf } from './board.ts';
import { FETCH, startWorld, type World } from './harness.ts';
import { MISTAKES } from './mistakes.ts';
import { ENABLED, namespace, source } from './objects.ts';
import { type Provider, startProvider } from './provider.ts';

let world: World;
let provider: Provider;

beforeAll(async () => {
  provider = await startProvider();
  provider.issues('good', 'a');
  world = await startWorld({
    namespaces: [
      namespace('bare'),
      ...['shop', 'locked', 'identity'].map((name) => namespace(name, ENABLED)),
    ],
    secretsIn: ['shop'],
  });
  await world.apply(source('shop/keys'));
  await world.start(...FETCH);
});
afterAll(async () => {
  await world?.stop();
  await provider?.stop();
});

it.concurrent.each(MISTAKES)('$mistake', async ({ id, kind, objects, reason, what, where, remedy }) => {
  await world.apply(...objects(provider));
  const object = await world.board.shows(kind, id, { Ready: `False ${reason}` });
  const message = messageOf(object);
  for (const part of [what, where, remedy]) expect(message).toMatch(part);
});

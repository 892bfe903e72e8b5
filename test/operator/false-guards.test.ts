/** Pods of a namespace where no webhook looks, whose sidecars are not as injection makes them: status names them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/telemetry/version.ts';
import { messageOf, shownBy } from './board.ts';
import { startWorld, type World } from './harness.ts';
import { binding, forged, namespace, otherImage, pod, service, source } from './objects.ts';

describe.each([
  ['the whole cluster', undefined],
  ['some namespaces', ['dark']],
])('an operator that watches %s', (_, watched) => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ namespaces: [namespace('dark')], ...(watched && { watched }) });
    await world.apply(source('dark/keys'));
    await world.start(...(watched === undefined ? [] : ['--watch-namespaces', watched.join(',')]));
  });
  afterAll(() => world?.stop());

  it.concurrent.each(['Redirect', 'NamedPort', 'None'])('tells of them, with capture %s', async (capture) => {
    const app = capture.toLowerCase();
    const annotations = { 'portcullis.dev/capture': capture };
    const made = (name: string, injected = VERSION) =>
      pod(`dark/${app}-${name}`, { app, injected, annotations });
    // The label of another version hides nothing that no version makes.
    await world.apply(forged(made('1')), forged(made('2', '0.0.1')), made('3'), made('4', '0.0.1'));
    await world.apply(service(`dark/${app}`), binding(`dark/${app}`));
    const variable = 'container portcullis-validator: env NODE_OPTIONS';
    const named = `Pods dark/${app}-1 (${variable}), dark/${app}-2 (${variable}) have validators, but not as`;
    const object = await world.board.until(`both of ${app}`, () => {
      const found = world.board.now('ApiBinding', `dark/${app}`);
      return found !== undefined && messageOf(found, 'Guarded').includes(named) ? found : undefined;
    });
    expect(shownBy(object)).toMatchObject({ Ready: 'False PodsUnguarded', Guarded: 'False PodsUnguarded' });
    expect(object.status).toMatchObject({ podsUnguarded: 2, podsOutdated: 3 });
    // Without these two it is guarded, as far as its capture goes.
    for (const name of ['1', '2']) await world.removePod(`dark/${app}-${name}`);
    const left = { Redirect: 'True Guarded' }[capture] ?? 'False BypassPossible';
    await world.board.shows('ApiBinding', `dark/${app}`, { Guarded: left });
    // Where labels of namespaces cannot be read, a webhook may have looked.
    if (watched !== undefined) return;
    // Of the very name and tag, by somebody who may push there.
    await world.apply(otherImage(made('5'), `evil.example/portcullis:${VERSION}`));
    const foreign = await world.board.shows('ApiBinding', `dark/${app}`, { Guarded: 'False PodsOutdated' });
    expect(foreign.status).toMatchObject({ podsUnguarded: 0, podsOutdated: 2 });
    expect(messageOf(foreign, 'Guarded')).toContain(
      `Pod dark/${app}-5 (container portcullis-validator: image evil.example/portcullis:${VERSION}) has sidecars`,
    );
    await world.removePod(`dark/${app}-5`);
    await world.board.shows('ApiBinding', `dark/${app}`, { Guarded: left });
  });
});

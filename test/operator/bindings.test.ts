/** Accepted and SourcesResolved of an ApiBinding with every reason, and what it targets, on a real API server. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { BINDING_CONDITIONS } from '../../src/status/reasons.ts';
import { BINDING_CASES, good, refusedFor, target, unresolved, waitsFor } from './binding-cases.ts';
import { messageOf } from './board.ts';
import { startWorld, type World } from './harness.ts';
import { expectSteadyTimes, kstatus, reasonsOf } from './judging.ts';
import { binding, ENABLED, namespace, pod, service, source, workload } from './objects.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld({
    namespaces: [namespace('shop', ENABLED), namespace('bare')],
    secretsIn: ['shop'],
    // As a CRD of another version might have it: what it would refuse reaches the operator.
    crd: (text) => text.replace('self.sources.exists_one(s, s.name == n)', 'true'),
  });
});
afterAll(() => world?.stop());

it('before the operator runs, a binding waits', async () => {
  await world.apply(source('shop/keys'), service('shop/orders'), binding('shop/orders'));
  expect(await world.columns('apibinding', '-A')).toEqual([
    'NAMESPACE NAME READY REASON SOURCES VALIDATORS AGE',
    'shop orders Unknown Pending',
  ]);
  await world.start();
  await world.kubectl('wait', '--for=condition=Ready', 'apibinding/orders', '-n', 'shop', '--timeout=30s');
  expect(await world.columns('authsource,apibinding', '-A')).toEqual([
    'NAMESPACE NAME READY REASON ISSUER KEYS BINDINGS AGE',
    'shop authenticationsource.portcullis.dev/keys True Ready https://shop/keys.example 1 1',
    'NAMESPACE NAME READY REASON SOURCES VALIDATORS AGE',
    'shop apibinding.portcullis.dev/orders True Ready 1 0/0',
  ]);
  const { status } = await world.board.shows('AuthenticationSource', 'shop/keys', { Ready: 'True Ready' });
  expect(status).toMatchObject({ bindingCount: 1, bindings: [{ namespace: 'shop', name: 'orders' }] });
  expect(await world.columns('apibinding', '-A', '-o', 'wide')).toEqual([
    'NAMESPACE NAME READY REASON SOURCES VALIDATORS AGE MODE WOULD DENY UNGUARDED OUTDATED MESSAGE',
    expect.stringMatching(
      /^shop orders True Ready 1 0\/0 \S+ Enforce 0 0 No pod of Service shop\/orders is there/,
    ),
  ]);
});

describe('a binding', () => {
  it.concurrent.each(BINDING_CASES)('$name', async ({ name, spec, shown, says, others }) => {
    await world.apply(...others, binding(`shop/${name}`, spec));
    const object = await world.board.shows('ApiBinding', `shop/${name}`, shown);
    expect(messageOf(object)).toMatch(says);
    expect(kstatus(object)).toBe(
      shown.Ready === good.Ready ? 'Current' : shown.Stalled === undefined ? 'InProgress' : 'Failed',
    );
    const { conditions, ...status } = object.status as { readonly conditions: readonly JsonObject[] };
    expect(conditions.map(({ type }) => type)).toEqual(Object.keys(shown));
    const sourceCount = shown.SourcesResolved === 'False SourceNotPermitted' ? 0 : name === 'twice' ? 2 : 1;
    const isCounted = name !== 'invalid' && (spec?.mode === 'Audit' || spec?.mode === 'Trial');
    expect(status).toEqual({
      observedGeneration: 1,
      sourceCount: name === 'invalid' ? expect.any(Number) : sourceCount,
      validators: { current: 0, total: 0, summary: '0/0' },
      podsUnguarded: 0,
      podsOutdated: 0,
      ...(isCounted && { trial: { wouldDeny: 0, since: expect.stringMatching(/^20.*Z$/) } }),
    });
  });

  it('takes what it waited for when it comes', async () => {
    const coming: readonly JsonObject[] = [
      service('shop/no-service'),
      workload('Deployment', 'shop/none'),
      workload('StatefulSet', 'shop/none'),
      workload('DaemonSet', 'shop/none'),
      source('shop/nosuch'),
    ];
    await world.apply(...coming);
    for (const name of ['no-service', 'no-deployment', 'no-set', 'no-daemon', 'missing']) {
      await world.board.shows('ApiBinding', `shop/${name}`, good);
    }
    await world.kubectl('delete', 'service', 'no-service', '-n', 'shop');
    await world.board.shows('ApiBinding', 'shop/no-service', waitsFor('TargetNotFound'));
    await world.kubectl('delete', 'authsource', 'nosuch', '-n', 'shop');
    await world.board.shows('ApiBinding', 'shop/missing', unresolved('SourceNotPermitted'));
  });

  it('loses to an older one on the same hosts, and takes over when that goes', async () => {
    await world.apply(service('shop/web'), binding('shop/web'));
    await world.board.shows('ApiBinding', 'shop/web', good);
    // Times of creation have whole seconds; of equal ones the name counts.
    const younger = binding('shop/web-2', target('Service', 'web'));
    await world.apply(younger, binding('shop/web-3', { ...target('Service', 'web'), hosts: ['a.example'] }));
    const object = await world.board.shows('ApiBinding', 'shop/web-2', refusedFor('Conflicted'));
    expect(messageOf(object)).toContain('shop/web');
    await world.board.shows('ApiBinding', 'shop/web-3', good);
    await world.board.shows('ApiBinding', 'shop/web', good);
    await world.kubectl('delete', 'apibinding', 'web', '-n', 'shop');
    await world.board.shows('ApiBinding', 'shop/web-2', good);
    await world.apply(binding('shop/web'));
    await world.board.shows('ApiBinding', 'shop/web', refusedFor('Conflicted'));
    await world.board.shows('ApiBinding', 'shop/web-2', good);
  });

  it('loses to an older one whose resource has its metadata at the same place', async () => {
    await world.apply(service('shop/files'));
    const files = (host: string) => ({
      ...target('Service', 'files'),
      hosts: [host],
      resource: { identifier: 'https://files.example/mcp' },
    });
    await world.apply(binding('shop/files', files('files.example')));
    await world.board.shows('ApiBinding', 'shop/files', good);
    await world.apply(binding('shop/files-2', files('*.example')));
    const object = await world.board.shows('ApiBinding', 'shop/files-2', refusedFor('ResourceConflict'));
    expect(messageOf(object)).toContain('shop/files');
    await world.kubectl('delete', 'apibinding', 'files', '-n', 'shop');
    await world.board.shows('ApiBinding', 'shop/files-2', good);
  });

  it('behind capture NamedPort needs a port with a name', async () => {
    const named = { 'portcullis.dev/capture': 'NamedPort' };
    await world.apply(
      service('shop/numeric', [{ port: 80, targetPort: 8080 }]),
      binding('shop/numeric'),
      pod('shop/numeric', { annotations: named }),
    );
    const object = await world.board.shows('ApiBinding', 'shop/numeric', {
      ...refusedFor('NumericTargetPort'),
      Guarded: 'False PodsUnguarded',
    });
    expect(messageOf(object)).toMatch(/Pod shop\/numeric has capture NamedPort.* 8080 by number/);
    await world.apply(service('shop/numeric'));
    await world.board.shows('ApiBinding', 'shop/numeric', { Accepted: 'True Accepted' });
  });

  it('tells once of each change', async () => {
    const { events } = world.board;
    await world.board.until('events', () => (events('shop/web-2').length === 2 ? true : undefined));
    expect(events('shop/web-2')).toEqual(['Normal Ready', 'Warning Conflicted']);
    expect(events('shop/orders')).toEqual(['Normal Ready']);
  });
});

it('every reason was reached', () => {
  expectSteadyTimes(world.board.history('ApiBinding'));
  const { Accepted, SourcesResolved, Ready, Stalled } = BINDING_CONDITIONS;
  // Those of routes at gateways are reached in routes.test.ts, and what many large objects come to in passed-over.test.ts.
  const elsewhere = ['HostNotAttached', 'HostShared', 'NotChecked', 'RouteHasNoBackend', 'SectionUntold'];
  const missing = reasonsOf({ Accepted, SourcesResolved, Ready, Stalled }).difference(
    world.board.seen('ApiBinding'),
  );
  expect([...missing].sort()).toEqual(elsewhere.map((reason) => `Accepted False ${reason}`));
});

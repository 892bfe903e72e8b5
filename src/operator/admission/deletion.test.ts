import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { binding, change, raw } from '../../cluster/testing/objects.ts';
import { type Around, judged, own, viewOf } from '../testing/admission.ts';
import { NAMESPACE_CONTROLLER } from './deletion.ts';

const JWT = { issuer: 'https://id.example', audiences: ['a'] };
const bindings = (count: number) => Array.from({ length: count }, (_, i) => binding(`shop/api-${i + 100}`));

interface Options extends Around {
  readonly spec?: JsonObject;
  readonly metadata?: JsonObject;
  readonly request?: JsonObject;
}

function remove({ spec, metadata, request, ...around }: Options) {
  const view = viewOf(around);
  const oldObject = own('AuthenticationSource', 'shop/okta', { jwt: JWT, ...spec }, metadata);
  const parts = { kind: 'AuthenticationSource', operation: 'DELETE', oldObject } as const;
  return { view, decision: judged({ ...parts, ...(request && { request }) }, view) };
}

describe('the deletion of a source', () => {
  it('that nothing uses passes', async () => {
    const { view, decision } = remove({ objects: [binding('shop/a', { sources: [{ name: 'other' }] })] });
    expect(await decision).toEqual({ kind: 'allowed', warnings: [] });
    expect(view.asked).toEqual([]);
  });

  it('that a binding uses is refused, with both ways out', async () => {
    const decision = await remove({ objects: bindings(1) }).decision;
    expect(decision).toMatchObject({ kind: 'refused', code: 403, reason: 'Forbidden', causes: [] });
    if (decision.kind === 'refused') {
      expect(decision.message).toBe(
        'AuthenticationSource shop/okta is used by ApiBinding shop/api-100, which would refuse its tokens; remove it ' +
          'from the spec.sources of that one, or delete without regard to them after `kubectl annotate authsource ' +
          'okta -n shop portcullis.dev/force-delete=true`',
      );
    }
  });

  it('names five of its bindings', async () => {
    expect(await remove({ objects: bindings(7) }).decision).toMatchObject({
      message: expect.stringContaining(
        'ApiBindings shop/api-100, shop/api-101, shop/api-102, shop/api-103, shop/api-104 and 2 more,',
      ),
    });
  });

  it('counts bindings elsewhere only when they are permitted', async () => {
    const objects = [binding('ops/board', { sources: [{ name: 'okta', namespace: 'shop' }] })];
    expect((await remove({ objects }).decision).kind).toBe('allowed');
    const open = { allowedNamespaces: { from: 'All' } };
    expect(await remove({ objects, spec: open }).decision).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('ops/board'),
    });
  });

  it('passes by a binding that breaks the schema, and for a source that does', async () => {
    expect((await remove({ objects: [binding('shop/a', { mode: 'x' })] }).decision).kind).toBe('allowed');
    expect((await remove({ objects: bindings(1), spec: { type: 'x' } }).decision).kind).toBe('allowed');
  });

  const annotated = (value: string) => ({ annotations: { 'portcullis.dev/force-delete': value } });
  const terminating = change('Namespace', 'shop', raw('shop', { status: { phase: 'Terminating' } }));

  it.each<[string, Options, 'allowed' | 'refused']>([
    ['the annotation', { metadata: annotated('true') }, 'allowed'],
    ['another value of the annotation', { metadata: annotated('yes') }, 'refused'],
    ['a deletion under way', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }, 'allowed'],
    ['a terminating namespace', { objects: [...bindings(1), terminating] }, 'allowed'],
    ['a namespace that terminates unknown to the cache', { gone: ['shop'] }, 'allowed'],
    ['the namespace controller', { request: { userInfo: { username: NAMESPACE_CONTROLLER } } }, 'allowed'],
    ['a dry run', { request: { dryRun: true } }, 'refused'],
    ['a collection, whose request has no name', { request: { name: '' } }, 'refused'],
    ['a binding that is gone, unknown to the cache', { gone: ['shop/api-100'] }, 'allowed'],
    ['an API server that does not answer', { answers: false }, 'refused'],
    ['caches that are not filled', { isSynced: false }, 'refused'],
    [
      'the annotation, before the caches are filled',
      { isSynced: false, metadata: annotated('true') },
      'allowed',
    ],
    ['a terminating namespace, before they are', { isSynced: false, gone: ['shop'] }, 'allowed'],
  ])('with %s', async (_, options, expected) => {
    expect((await remove({ objects: bindings(1), ...options }).decision).kind).toBe(expected);
  });

  it('asks to try again before the caches are filled', async () => {
    expect(await remove({ isSynced: false }).decision).toMatchObject({
      code: 503,
      reason: 'ServiceUnavailable',
      message: expect.stringContaining('try again in some seconds'),
    });
  });

  it('asks for a few of many bindings, and leaves out those that are gone', async () => {
    const gone = ['shop/api-100', 'shop/api-102'];
    const { view, decision } = remove({ objects: bindings(500), gone });
    expect(await decision).toMatchObject({
      message: expect.stringContaining('shop/api-101, shop/api-103, shop/api-104, '),
    });
    expect(view.asked).toHaveLength(11);
  });

  it('does not ask without end', async () => {
    const gone = Array.from({ length: 200 }, (_, i) => `shop/api-${i + 100}`);
    const { view, decision } = remove({ objects: bindings(200), gone });
    expect((await decision).kind).toBe('refused');
    expect(view.asked).toHaveLength(51);
  });
});

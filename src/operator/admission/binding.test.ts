import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { binding, change, raw, service, source } from '../../cluster/testing/objects.ts';
import { type Around, judged, own, viewOf } from '../testing/admission.ts';

const SPEC: JsonObject = { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }] };
const OKTA = source('shop/okta');
const ORDERS = service('shop/orders', 'orders');
const LATER = { creationTimestamp: '2026-02-01T00:00:00Z' };

const namespace = (name: string, labels: JsonObject) => change('Namespace', name, raw(name, {}, { labels }));

const create = (
  spec: JsonObject,
  { objects = [OKTA, ORDERS], ...around }: Around = {},
  metadata: JsonObject = LATER,
) =>
  judged(
    {
      kind: 'ApiBinding',
      operation: 'CREATE',
      object: own('ApiBinding', 'shop/orders', { ...SPEC, ...spec }, metadata),
    },
    viewOf({ objects, ...around }),
  );

const path = (type: string, value: string) => ({ match: { paths: [{ type, value }] } });

describe('a binding', () => {
  it('that is good is let in without a word', async () => {
    expect(await create({})).toEqual({ kind: 'allowed', warnings: [] });
  });

  it('is not warned of what came just before it in the same file', async () => {
    expect(await create({}, { objects: [], late: [OKTA, ORDERS] })).toEqual({
      kind: 'allowed',
      warnings: [],
    });
    expect(await create({}, { objects: [], late: [ORDERS] })).toEqual({
      kind: 'allowed',
      warnings: [expect.stringContaining('SourceNotPermitted')],
    });
  });

  it('is warned of ports of its Service that it leaves open, unless it names those to guard', async () => {
    const orders = service('shop/orders', 'orders', [
      { name: 'http-metrics', port: 9090, targetPort: 9090 },
      { name: 'web', port: 80, targetPort: 8080 },
    ]);
    const objects = [OKTA, orders];
    expect(await create({}, { objects })).toEqual({
      kind: 'allowed',
      warnings: [
        'spec.ports: Service shop/orders has ports that pass unguarded, for they do not say http, h2c or grpc: 8080 (web); name the container ports to guard, also if these are all (PortsUnguarded)',
      ],
    });
    expect(await create({ ports: [{ port: 8080 }] }, { objects })).toEqual({ kind: 'allowed', warnings: [] });
  });

  it.each([
    [
      'a regular expression that does not compile',
      { rules: [path('RegularExpression', '/(')] },
      ['spec.rules[0].match.paths[0].value'],
    ],
    [
      'a regular expression that is too large',
      { rules: [path('RegularExpression', `/0${'x{0,1000}'.repeat(110)}`)] },
      ['spec.rules[0].match.paths[0].value'],
    ],
    [
      'a thousand regular expressions that are too large together, at the one that is too many',
      {
        rules: Array.from({ length: 64 }, () => ({
          match: { paths: Array(16).fill({ type: 'RegularExpression', value: '/(x.{0,16}){0,16}' }) },
        })),
      },
      ['spec.rules[2].match.paths[2].value'],
    ],
    [
      'every one of several things',
      {
        rules: [
          path('RegularExpression', '/a(?=b)'),
          { name: 'x', require: { expressions: [{ expression: 'nobody' }, { expression: '1' }] } },
        ],
      },
      [
        'spec.rules[0].match.paths[0].value',
        'spec.rules[1].require.expressions[0].expression',
        'spec.rules[1].require.expressions[1].expression',
      ],
    ],
    ['what the schema refuses, should it come here', { mode: 'Sometimes' }, ['spec.mode']],
  ])('is refused for %s', async (_, spec, fields) => {
    for (const around of [{}, { isSynced: false }]) {
      const decision = await create(spec, around);
      if (decision.kind === 'allowed') throw new Error('allowed');
      expect(decision).toMatchObject({ code: 422, reason: 'Invalid', about: { name: 'orders' } });
      expect(decision.causes.map(({ field }) => field)).toEqual(fields);
      expect(decision.message.split('\n')).toHaveLength(fields.length);
    }
  });

  it.each([
    [
      'an unknown source',
      {},
      { objects: [ORDERS] },
      /^spec\.sources\[0\]: there is no AuthenticationSource shop\/okta that permits/,
    ],
    [
      'a source elsewhere that does not permit it',
      { sources: [{ name: 'shared', namespace: 'identity' }] },
      { objects: [ORDERS, source('identity/shared')] },
      /^spec\.sources\[0\]: there is no AuthenticationSource identity\/shared that permits/,
    ],
    [
      'two sources of one issuer',
      { sources: [{ name: 'okta' }, { name: 'twin' }] },
      { objects: [OKTA, ORDERS, source('shop/twin', { issuer: 'https://shop.okta.example' })] },
      /^spec\.sources: .*\(IssuerDuplicate\)$/,
    ],
    [
      'a missing Service',
      {},
      { objects: [OKTA] },
      /^spec\.targetRefs: there is no Service shop\/orders; .*\(TargetNotFound\)$/,
    ],
    [
      'routes without their API',
      { targetRefs: [{ kind: 'HTTPRoute', name: 'web' }] },
      {},
      /^spec\.targetRefs: .*\(RouteApiMissing\)$/,
    ],
    [
      'a rule that never decides',
      { rules: [{ name: 'all' }, path('PathPrefix', '/a')] },
      {},
      /^spec\.rules\[1\]: .*the earlier rule all takes.*\(RuleUnreachable\)$/,
    ],
    [
      'caches that are not filled',
      {},
      { isSynced: false, objects: [] },
      /against other objects yet.*\(NotChecked\)$/,
    ],
  ])('is let in with a warning for %s', async (_, spec, around, warning) => {
    expect(await create(spec, around)).toEqual({
      kind: 'allowed',
      warnings: [expect.stringMatching(warning)],
    });
  });

  it('may use a source that permits its namespace by label', async () => {
    const selector = { matchLabels: { team: 'web' } };
    const shared = source('identity/shared', {}, { allowedNamespaces: { from: 'Selector', selector } });
    const spec = { sources: [{ name: 'shared', namespace: 'identity' }] };
    const warningsWith = async (labels: JsonObject) =>
      (await create(spec, { objects: [ORDERS, shared, namespace('shop', labels)] })).warnings;
    expect(await warningsWith({ team: 'web' })).toEqual([]);
    expect(await warningsWith({ team: 'ops' })).toHaveLength(1);
  });
});

describe('an older binding', () => {
  const SAME = { targetRefs: [{ kind: 'Service', name: 'orders' }] };
  const conflict = async (older: JsonObject, spec: JsonObject = {}, metadata: JsonObject = LATER) => {
    const objects = [OKTA, ORDERS, binding('shop/elder', { ...SAME, ...older })];
    return (await create(spec, { objects }, metadata)).warnings;
  };

  it.each([
    ['of the same target, for any host', {}, {}, true],
    ['of the same host', { hosts: ['a.example'] }, { hosts: ['A.example.'] }, true],
    ['of another host', { hosts: ['a.example'] }, { hosts: ['b.example'] }, false],
    ['of a wider host', { hosts: ['*.example'] }, { hosts: ['b.example'] }, false],
    ['of another port', { ports: [{ port: 80 }] }, { ports: [{ port: 81 }] }, false],
    ['of another target', { targetRefs: [{ kind: 'Service', name: 'other' }] }, {}, false],
  ])('%s', async (_, older, spec, warned) => {
    const expected = expect.stringMatching(/^spec\.hosts: the older binding shop\/elder .*\(Conflicted\)$/);
    expect(await conflict(older, spec)).toEqual(warned ? [expected] : []);
  });

  it('is the older one by time, then by name', async () => {
    expect(await conflict({}, {}, { creationTimestamp: '2025-01-01T00:00:00Z' })).toEqual([]);
    expect(await conflict({}, {}, { creationTimestamp: '2026-01-01T00:00:00Z' })).toHaveLength(1);
  });

  it('holds nothing where it has lost itself', async () => {
    const both = { targetRefs: ['orders', 'x'].map((name) => ({ kind: 'Service', name })) };
    const objects = [
      OKTA,
      ...[ORDERS, service('shop/x', 'x')],
      binding(
        'shop/first',
        { targetRefs: [{ kind: 'Service', name: 'x' }] },
        { creationTimestamp: '2025-01-01T00:00:00Z' },
      ),
      binding('shop/elder', both),
    ];
    expect((await create({}, { objects })).warnings).toEqual([]);
  });

  it('is never the binding itself, nor one in another namespace', async () => {
    const objects = [OKTA, ORDERS, binding('shop/orders'), binding('other/orders')];
    expect((await create({}, { objects })).warnings).toEqual([]);
  });

  it('costs nothing where it is in another namespace: its rules are not looked at', async () => {
    const elsewhere = binding('other/orders');
    const store = viewOf({ objects: [OKTA, ORDERS, elsewhere] }).store;
    const stored = store.get('ApiBinding', 'other/orders');
    if (stored?.kind !== 'typed') throw new Error('not read');
    const spec = new Proxy(stored.object.spec, {
      get: (_, member) => {
        throw new Error(`looked at ${String(member)}`);
      },
    });
    const object = { ...stored, object: { ...stored.object, spec } };
    const objects = [OKTA, ORDERS, { kind: 'ApiBinding', id: 'other/orders', object } as const];
    expect(await create({}, { objects })).toEqual({ kind: 'allowed', warnings: [] });
  });
});

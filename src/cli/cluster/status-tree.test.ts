import { expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { binding, change, pod, raw, service, source } from '../../cluster/testing/objects.ts';
import type { PlanningChange } from '../../planning/policies.ts';
import { viewOf } from './look.ts';
import { createPaint } from './paint.ts';
import { statusTree } from './status-tree.ts';
import { treeLines } from './tree.ts';

const ready = (status: string, reason: string, message: string, more: JsonObject = {}): JsonObject => ({
  status: { observedGeneration: 1, conditions: [{ type: 'Ready', status, reason, message }], ...more },
});

const apiBinding = (id: string, status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  change(
    'ApiBinding',
    id,
    raw(
      id,
      {
        spec: {
          targetRefs: [{ kind: 'Service', name: id.split('/')[1] ?? '' }],
          sources: [{ name: 'okta' }],
          ...spec,
        },
        ...status,
      },
      metadata,
    ),
  );

const WELL = ready('True', 'Ready', 'fine', { validators: { current: 1, total: 1, summary: '1/1' } });

function lines(changes: readonly PlanningChange[], namespace?: string): readonly string[] {
  const { tree, summary } = statusTree(viewOf({ changes, gatewayPods: () => [] }, namespace, 1000));
  return [...treeLines(tree, createPaint(false, {})), summary];
}

it('shows what is well in few words', () => {
  const okta = change(
    'AuthenticationSource',
    'shop/okta',
    raw('shop/okta', {
      spec: { jwt: { issuer: 'https://okta.example', audiences: ['a'] } },
      ...ready('True', 'Ready', 'fine', { keyCount: 2, bindingCount: 1 }),
    }),
  );
  const changes = [
    okta,
    service('shop/orders', 'orders'),
    apiBinding('shop/orders', WELL),
    pod('shop/o-1', { labels: { app: 'orders' } }),
  ];
  expect(lines(changes)).toEqual([
    'namespace shop',
    '├─ ✓ AuthenticationSource okta  Ready, https://okta.example, 2 keys, used by 1 binding',
    '└─ ✓ ApiBinding orders  Ready, 1/1 validators',
    '   └─ ✓ Pod o-1  guarded on 8080 (Redirect)',
    '1 source, all well; 1 binding, all well',
  ]);
});

it.each<readonly [string, JsonObject, JsonObject, JsonObject, string]>([
  [
    'what the operator says',
    ready('False', 'PodsUnguarded', 'no validator; restart it'),
    {},
    {},
    'no validator; restart it',
  ],
  ['no status at all', {}, {}, {}, 'has not looked at it so far'],
  ['the default status', ready('Unknown', 'Pending', 'x'), {}, {}, 'has not looked at it so far'],
  ['a change that nobody looked at', WELL, {}, { generation: 2 }, 'has not looked at its last change'],
  ['mode Audit', WELL, { mode: 'Audit' }, {}, 'is counted, and let through: set mode Enforce'],
])('says why a binding is to be looked at: %s', (_, status, spec, metadata, said) => {
  const shown = lines([service('shop/orders', 'orders'), apiBinding('shop/orders', status, spec, metadata)]);
  expect(shown[2]).toContain(said);
  expect(shown.at(-1)).toBe('0 sources; 1 binding, 1 to look at');
});

it('says of a Trial whether anything decides beside it', () => {
  const trial = apiBinding('shop/next', WELL, {
    mode: 'Trial',
    targetRefs: [{ kind: 'Service', name: 'orders' }],
  });
  const base = [service('shop/orders', 'orders'), pod('shop/o-1', { labels: { app: 'orders' } }), trial];
  expect(lines(base)[2]).toContain('What it would refuse is counted, and let through');
  const beside = lines([...base, apiBinding('shop/orders', WELL)]).join('\n');
  expect(beside).toContain('It answers no request: what it would decide otherwise');
  expect(beside).toMatch(/ApiBinding next.*Pod o-1 {2}judged on 8080/s);
});

it('shows the last failed fetch of a source that works', () => {
  const status = ready('True', 'Ready', 'fine', {
    issuerError: { code: 'REQUEST_TIMEOUT', message: 'no answer' },
  });
  const okta = change(
    'AuthenticationSource',
    'shop/okta',
    raw('shop/okta', { spec: { jwt: { issuer: 'https://okta.example' } }, ...status }),
  );
  expect(lines([okta]).slice(1, 3)).toEqual([
    '└─ ! AuthenticationSource okta  Ready, https://okta.example, 0 keys, used by no binding',
    '     Keys could not be fetched last (REQUEST_TIMEOUT): no answer.',
  ]);
});

it('says once why the keys of a source that does not work could not be fetched', () => {
  const problem = 'okta.example is not known to DNS: correct jwksURI';
  const status = ready('False', 'UnknownHost', `shop/okta has no keys; the last fetch failed: ${problem}.`, {
    issuerError: { code: 'UNKNOWN_HOST', message: problem },
  });
  const okta = change(
    'AuthenticationSource',
    'shop/okta',
    raw('shop/okta', { spec: { jwt: { issuer: 'https://okta.example' } }, ...status }),
  );
  const told = lines([okta]).filter((line) => line.includes(problem));
  expect(told).toEqual([`     shop/okta has no keys; the last fetch failed: ${problem}.`]);
});

it('names pods that are open first, and counts the rest', () => {
  const pods = Array.from({ length: 30 }, (_, n) => pod(`shop/o-${n}`, { labels: { app: 'orders' } }));
  const bare = pod('shop/z', { labels: { app: 'orders' }, guarded: false });
  const out = pod('shop/y', { labels: { app: 'orders', 'portcullis.dev/inject': 'false' }, guarded: false });
  const shown = lines([
    service('shop/orders', 'orders'),
    apiBinding('shop/orders', WELL),
    ...pods,
    bare,
    out,
  ]);
  expect(shown.slice(2, 4)).toEqual([
    '   ├─ ✗ Pod y  no validator: it has the label portcullis.dev/inject: "false"',
    '   ├─ ✗ Pod z  no validator: restart its workload',
  ]);
  expect(shown.at(-2)).toBe('   └─ ✓ and 12 more pods, all well');
});

it('looks at one namespace, or at all', () => {
  const changes = [source('a/okta'), source('b/okta'), binding('b/x')];
  expect(lines(changes, 'a').filter((line) => line.startsWith('namespace'))).toEqual(['namespace a']);
  expect(lines(changes).filter((line) => line.startsWith('namespace'))).toEqual([
    'namespace a',
    'namespace b',
  ]);
});

it('says what a binding in mode Audit would have denied, as long as that is of its present spec', () => {
  const trial = { wouldDeny: 1234, since: '2026-11-29T18:53:00Z' };
  const shown = (metadata: JsonObject) =>
    lines([
      service('shop/orders', 'orders'),
      apiBinding('shop/orders', ready('True', 'Ready', 'fine', { trial }), { mode: 'Audit' }, metadata),
    ]).join('\n');
  expect(shown({})).toContain('mode Audit, would have denied 1,234 since 2026-11-29T18:53:00Z');
  expect(shown({ generation: 2 })).not.toContain('would have denied');
});

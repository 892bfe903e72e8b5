import { expect, it } from 'vitest';
import { binding, change, pod, raw, service } from '../../cluster/testing/objects.ts';
import { lastLook, openFigure, readClusterTold, standingTold } from '../../console/cluster-told.ts';
import { SURROUNDINGS } from '../../coverage/testing/parts.ts';
import { UNGUARDED } from '../../coverage/testing/unguarded.ts';
import type { OutsideView } from '../../coverage/view.ts';
import { createPolicies, type PlanningChange } from '../../planning/policies.ts';
import { bindingPolicies } from './binding-told.ts';
import { clusterTold } from './cluster-page.ts';

function viewOf(changes: readonly PlanningChange[], namespace?: string): OutsideView {
  const policies = createPolicies({ allowInsecureHttp: true });
  policies.apply([...SURROUNDINGS, ...changes]);
  return { policies, gatewayPods: () => [], namespace, version: '1.0.0', now: 1000 };
}

/** As the page reads it. */
function toldOf(changes: readonly PlanningChange[], namespace?: string) {
  const view = viewOf(changes, namespace);
  const policies = bindingPolicies(view.policies.store.all('ApiBinding').values(), new Map());
  return readClusterTold(JSON.parse(JSON.stringify(clusterTold(view, ['cannot list pods'], policies))));
}

const ready = (status: string, reason: string, message = 'why') => ({
  observedGeneration: 1,
  conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
});

const orders = (spec: object, status: object) =>
  change(
    'ApiBinding',
    'shop/orders',
    raw('shop/orders', {
      spec: {
        targetRefs: [{ kind: 'Service', name: 'orders' }],
        sources: [{ name: 'okta' }, { name: 'partners', namespace: 'sso' }],
        ...spec,
      },
      status: { ...status },
    }),
  );

it('tells of a binding its state, its rules as they are written, ports, sources and Trials beside it', () => {
  const { bindings, missing, place } = toldOf([
    service('shop/orders', 'orders', [{ name: 'http', port: 80, targetPort: 8080 }]),
    pod('shop/orders-1', { labels: { app: 'orders' } }),
    orders(
      { mode: 'Audit', hosts: ['orders.example'], rules: [{ name: 'read', match: { methods: ['GET'] } }] },
      {
        ...ready('True', 'Ready'),
        validators: { current: 1, total: 1, summary: '1/1' },
        trial: { wouldDeny: 1234, since: '2026-11-29T18:53:00Z' },
      },
    ),
    binding('shop/next', { mode: 'Trial', targetRefs: [{ kind: 'Service', name: 'orders' }] }),
    binding('shop/billing', { targetRefs: [{ kind: 'Service', name: 'billing' }] }),
    binding('shop/billing-next', { mode: 'Trial', targetRefs: [{ kind: 'Service', name: 'billing' }] }),
  ]);
  expect({ missing, place }).toEqual({ missing: ['cannot list pods'], place: 'all namespaces' });
  const told = bindings.find(({ id }) => id === 'shop/orders');
  expect(told).toMatchObject({
    mode: 'Audit',
    state: {
      mark: 'doubtful',
      reason: 'Ready',
      said: [expect.stringContaining('is counted, and let through')],
    },
    targets: ['Service shop/orders'],
    ports: [8080],
    sources: ['shop/okta', 'sso/partners'],
    trials: ['shop/next'],
    validators: '1/1',
    trial: { wouldDeny: 1234, since: '2026-11-29T18:53:00Z' },
    policy: { id: 'shop/orders', hosts: ['orders.example'], judgement: { rules: [{ name: 'read' }] } },
  });
  expect(bindings.find(({ id }) => id === 'shop/billing')?.trials).toEqual(['shop/billing-next']);
  expect(bindings.find(({ id }) => id === 'shop/next')?.policy?.id).toBe('shop/next');
});

it.each([
  [2, [], '2', 'see below'],
  [0, [], '0', 'see below'],
  [2, ['cannot list pods'], '2', 'not all could be read'],
  // It may be that all is open.
  [0, ['cannot list pods'], '–', 'not all could be read'],
])('of %s open things where %j is missing shows %s', (open, missing, value, note) => {
  const unguarded = { findings: [], open, noted: 0, seen: '' };
  expect(openFigure({ unguarded, missing })).toEqual({ value, note });
});

it('leaves out what is far too long, and names it', () => {
  const long = 'x'.repeat(32_768);
  const conditions = Array.from({ length: 300 }, (_, i) => ({
    ...{ type: `T${i}`, status: 'False', reason: 'R', message: long },
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  const { bindings, sources, missing } = toldOf([
    orders({}, { conditions }),
    binding('shop/other'),
    change(
      'AuthenticationSource',
      'shop/okta',
      raw('shop/okta', { spec: { jwt: { issuer: 'https://okta.example' } }, status: { conditions } }),
    ),
  ]);
  expect([bindings.map(({ id }) => id), sources]).toEqual([['shop/other'], []]);
  expect(missing).toContain(
    'too long to be shown beside the others: ApiBinding shop/orders; see kubectl describe',
  );
  expect(missing).toContain(
    'too long to be shown beside the others: AuthenticationSource shop/okta; see kubectl describe',
  );
});

it('tells of the first Trials beside a binding, not of thousands', () => {
  const { bindings } = toldOf([
    service('shop/orders', 'orders'),
    ...Array.from({ length: 60 }, (_, i) =>
      binding(`shop/t-${100 + i}`, { mode: 'Trial', targetRefs: [{ kind: 'Service', name: 'orders' }] }),
    ),
  ]);
  expect(bindings[0]?.trials.slice(0, 2)).toEqual(['shop/t-101', 'shop/t-102']);
  expect(bindings.map(({ trials }) => trials.length)).toEqual(bindings.map(() => 50));
});

it('does not compile again what has not changed', () => {
  const { policies } = viewOf([binding('shop/orders'), binding('shop/other')]);
  const stored = [...policies.store.all('ApiBinding').values()];
  const before = bindingPolicies(stored, new Map());
  const after = bindingPolicies(stored.slice(0, 1), before);
  expect([...after]).toEqual([...before].slice(0, 1));
  expect([...after.values()][0]).toBe([...before.values()][0]);
});

it('of what breaks the schema tells that it is there', () => {
  const { bindings } = toldOf([
    change('ApiBinding', 'shop/broken', raw('shop/broken', { spec: { hosts: 7 } })),
  ]);
  expect(bindings).toMatchObject([{ id: 'shop/broken', policy: null, sources: [] }]);
});

it('tells of a source its keys, the last look at their address, and who uses it', () => {
  const { sources } = toldOf([
    change(
      'AuthenticationSource',
      'shop/okta',
      raw('shop/okta', {
        spec: { jwt: { issuer: 'https://okta.example', audiences: ['api'] } },
        status: {
          ...ready('True', 'Ready'),
          effective: { issuer: 'https://okta.example', clockSkew: '30s' },
          jwksURI: 'https://okta.example/keys',
          keys: [{ kid: 'a', type: 'RSA', algorithm: 'RS256' }, { type: 'EC' }],
          keyCount: 40,
          keysChangedTime: '2026-11-29T10:00:00Z',
          keysLeftOut: [{ index: 3, problem: 'is for encryption' }],
          issuerError: { code: 'UNKNOWN_HOST', message: 'okta.example is not known' },
          bindings: [{ namespace: 'shop', name: 'orders' }],
          bindingCount: 70,
        },
      }),
    ),
  ]);
  const [okta] = sources;
  expect(okta).toMatchObject({
    configuration: { issuer: 'https://okta.example', clockSkew: '30s' },
    keys: ['a · RSA · RS256', 'without kid · EC'],
    keyCount: 40,
    keysChanged: '2026-11-29T10:00:00Z',
    keysLeftOut: ['key at 3: is for encryption'],
    bindings: ['shop/orders'],
    bindingCount: 70,
  });
  if (okta === undefined) throw new Error('no source');
  expect(standingTold(okta)).toEqual({
    good: false,
    word: 'Ready',
    why: 'Keys could not be fetched last (UNKNOWN_HOST): okta.example is not known.',
  });
  expect(lastLook(okta)).toEqual({
    good: false,
    bad: true,
    word: 'UNKNOWN_HOST',
    why: 'okta.example is not known',
  });
  expect(lastLook({ ...okta, issuerError: null })).toMatchObject({ good: true, word: 'Good' });
  expect(lastLook({ ...okta, issuerError: null, keyCount: 0 })).toMatchObject({ good: false });
  expect(lastLook({ ...okta, issuerError: null, jwksURI: null })).toMatchObject({ word: 'Not fetched' });
});

it('what is not Ready is bad, and what nobody has looked at is not guessed', () => {
  const standing = (status: object) => {
    const [told] = toldOf([orders({}, status)]).bindings;
    return told && standingTold(told);
  };
  expect(standing(ready('False', 'PodsUnguarded', 'restart it'))).toEqual({
    good: false,
    bad: true,
    word: 'PodsUnguarded',
    why: 'restart it',
  });
  const [unseen] = toldOf([
    orders({ mode: 'Audit' }, { trial: { wouldDeny: 7, since: '2026-11-29T18:53:00Z' } }),
  ]).bindings;
  expect(unseen?.trial).toBeNull();
  expect(standing({})).toMatchObject({ good: false, word: 'Pending' });
  expect(standing({ ...ready('True', 'Ready'), observedGeneration: 0 })).toMatchObject({ word: 'Pending' });
});

it.each(Object.entries(UNGUARDED))('tells what nothing guards: %s', (_, { shape, found }) => {
  const { unguarded } = toldOf(shape.changes);
  // Where a gateway has validators, coverage's own tests look.
  if (shape.validators !== undefined) return;
  expect(unguarded.findings.map(({ reason, object }) => `${reason} ${object}`).toSorted()).toEqual(found);
  expect(unguarded.open + unguarded.noted).toBe(found.length);
});

it('looks at one namespace where it is told to', () => {
  const { bindings, place } = toldOf([binding('shop/orders'), binding('other/orders')], 'other');
  expect(place).toBe('namespace other');
  expect(bindings.map(({ id }) => id)).toEqual(['other/orders']);
});

it('tells of the first thousand, and how many there are', () => {
  const many = Array.from({ length: 1001 }, (_, i) => binding(`shop/b-${i}`));
  const { bindings, missing } = toldOf(many);
  expect(bindings).toHaveLength(1000);
  expect(missing).toContain('of 1001 ApiBindings the first 1000 are shown: look at a single namespace (-n)');
});

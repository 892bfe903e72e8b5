/** Each rule of Envoy Gateway's precedence beside its opposite: where requests are asked about, and where they pass. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { change, raw } from '../cluster/testing/objects.ts';
import { ALL, check } from './testing/cases.ts';
import {
  ancestor,
  backend,
  cors,
  EXT_AUTH,
  grant,
  ofGateway,
  type PolicyOptions,
  policy,
  ref,
  WEB,
} from './testing/security-policies.ts';
import { gateway, route, uncovered, uncoveredTexts } from './testing/stage.ts';

describe('a policy of the route', () => {
  const ofRoute = (spec: JsonObject, target: JsonObject = WEB, options?: PolicyOptions) =>
    policy('shop/own', { targetRefs: [target], ...spec }, options);
  const later = { created: '2026-01-03T00:00:00Z' };
  const merged = { mergeType: 'StrategicMerge' };
  check([
    [
      "replaces the Gateway's",
      [ofGateway(), ofRoute(cors)],
      ALL,
      "SecurityPolicy shop/own of HTTPRoute shop/web replaces the Gateway's, and has no extAuth",
    ],
    ['and asks as well', [ofGateway(), ofRoute({ ...cors, extAuth: EXT_AUTH })]],
    ["and asks where the Gateway's does not", [ofRoute({ extAuth: EXT_AUTH })]],
    ['and lets pass', [ofGateway(), ofRoute({ extAuth: { ...EXT_AUTH, failOpen: true } })], ALL, 'failOpen'],
    ['is of another kind of route', [ofGateway(), ofRoute(cors, ref('GRPCRoute', 'web'))]],
    ['is for another route', [ofGateway(), ofRoute(cors, ref('HTTPRoute', 'other'))]],
    ['is of another namespace', [ofGateway(), policy('other/own', { targetRefs: [WEB], ...cors })]],
    ['is for another kind of object', [ofGateway(), ofRoute(cors, { ...WEB, group: 'x' })]],
    [
      'is for one rule',
      [ofGateway(), ofRoute(cors, ref('HTTPRoute', 'web', 'a'))],
      'rule a of HTTPRoute shop/web at Gateway infra/public',
      'SecurityPolicy shop/own of rule a of HTTPRoute shop/web',
    ],
    ['is for a rule that there is not', [ofGateway(), ofRoute(cors, ref('HTTPRoute', 'web', 'z'))]],
    [
      'asks for one rule alone',
      [ofRoute({ extAuth: EXT_AUTH }, ref('HTTPRoute', 'web', 'a'))],
      'rule b, rules without a name of HTTPRoute shop/web at Gateway infra/public',
    ],
    [
      'is older than one that asks',
      [ofGateway(), ofRoute(cors), policy('shop/late', { targetRefs: [WEB], extAuth: EXT_AUTH }, later)],
      ALL,
      'shop/own',
    ],
    [
      'is younger than one that asks',
      [
        ofGateway(),
        ofRoute(cors, WEB, later),
        policy('shop/early', { targetRefs: [WEB], extAuth: EXT_AUTH }),
      ],
    ],
    [
      'is as old, and later by name',
      [ofGateway(), ofRoute(cors), policy('shop/a', { targetRefs: [WEB], extAuth: EXT_AUTH })],
    ],
    [
      'is as old, and earlier by name',
      [ofGateway(), ofRoute(cors), policy('shop/z', { targetRefs: [WEB], extAuth: EXT_AUTH })],
      ALL,
    ],
    ["is merged with the Gateway's", [ofGateway(), ofRoute({ ...cors, ...merged })]],
    ['is merged by JSON', [ofGateway(), ofRoute({ ...cors, mergeType: 'JSONMerge' })]],
    ['has nothing to be merged with', [ofRoute({ ...cors, ...merged })], ALL, 'nothing to be merged with'],
    ['asks, and has nothing to be merged with', [ofRoute({ extAuth: EXT_AUTH, ...merged })]],
    [
      'is merged with one that lets pass',
      [ofGateway({ ...EXT_AUTH, failOpen: true }), ofRoute({ ...cors, ...merged })],
      ALL,
      'infra/portcullis',
    ],
    [
      'asks, and is merged with one that lets pass',
      [
        ofGateway({ ...EXT_AUTH, failOpen: true }),
        ofRoute({ extAuth: { grpc: { backendRefs: [backend] } }, ...merged }),
      ],
      ALL,
      'failOpen',
    ],
    [
      'lets pass, and is merged with one that asks',
      [ofGateway(), ofRoute({ extAuth: { ...EXT_AUTH, failOpen: true }, ...merged })],
      ALL,
      'shop/own',
    ],
  ]);

  it('that is refused at one listener, and said nothing of at the other, is not taken for accepted at either', () => {
    const refused = { ancestors: [ancestor('False', {}, { sectionName: 'http' })] };
    const texts = uncoveredTexts(ofGateway(), ofRoute({ ...cors, ...merged }, WEB, refused));
    expect(texts).toEqual([
      expect.stringMatching(
        /^HTTPRoute shop\/web at listener http of Gateway infra\/public: .* is not accepted/,
      ),
      expect.stringMatching(/^HTTPRoute shop\/web at listener https of .* so far$/),
    ]);
  });
});

describe('a policy of a listener', () => {
  const ofListener = (listener: string, spec: JsonObject) =>
    policy('infra/listener', { targetRefs: [ref('Gateway', 'public', listener)], ...spec });
  const HTTPS = 'HTTPRoute shop/web at listener https of Gateway infra/public';
  const merging = policy('shop/own', { targetRefs: [WEB], ...cors, mergeType: 'JSONMerge' });
  const onlyHttp = route('shop/web', {
    parents: [{ namespace: 'infra', name: 'public', sectionName: 'http' }],
  });
  check([
    [
      "replaces the Gateway's there",
      [ofGateway(), ofListener('https', cors)],
      HTTPS,
      'SecurityPolicy infra/listener of listener https of Gateway infra/public has no extAuth',
    ],
    ['and asks there alone', [ofListener('http', { extAuth: EXT_AUTH })], HTTPS, 'no SecurityPolicy'],
    ['is for one that the route is not attached to', [ofGateway(), ofListener('https', cors), onlyHttp]],
    [
      'is for one whose hostname the route has not',
      [ofGateway(), ofListener('https', cors), route('shop/web', { hostnames: ['web.test'] })],
    ],
    [
      'goes before, when the route is merged',
      [ofGateway(), ofListener('https', cors), merging],
      HTTPS,
      'infra/listener',
    ],
    [
      "is replaced by the route's",
      [ofGateway(), ofListener('https', cors), policy('shop/own', { targetRefs: [WEB], extAuth: EXT_AUTH })],
    ],
  ]);
});

describe('targetSelectors', () => {
  const labelled = route('shop/web', { labels: { team: 'web' } });
  const choosing = (selector: JsonObject, spec: JsonObject = cors, id = 'shop/own') =>
    policy(id, { targetSelectors: [{ kind: 'HTTPRoute', ...selector }], ...spec });
  const team = { matchLabels: { team: 'web' } };
  const early = policy(
    'shop/own',
    { targetRefs: [WEB], extAuth: EXT_AUTH },
    { created: '2026-01-01T00:00:00Z' },
  );
  const everywhere = { namespaces: { from: 'All' } };
  const byLabels = { namespaces: { from: 'Selector', selector: { matchLabels: { env: 'prod' } } } };
  const shop = (env: string) => change('Namespace', 'shop', raw('shop', {}, { labels: { env } }));
  const far = (selector: JsonObject, spec?: JsonObject) =>
    choosing({ ...team, ...selector }, spec, 'other/own');
  const granted = grant('shop', 'other');
  const MAYBE = 'may choose HTTPRoute shop/web by labels of its Namespace, which cannot be read';
  check([
    ['choose the route', [ofGateway(), labelled, choosing(team)], ALL, 'shop/own'],
    ['choose another', [ofGateway(), labelled, choosing({ matchLabels: { team: 'ops' } })]],
    [
      'choose by an expression',
      [ofGateway(), labelled, choosing({ matchExpressions: [{ key: 'team', operator: 'Exists' }] })],
      ALL,
    ],
    ['choose by none', [ofGateway(), choosing({})], ALL],
    ['are of another kind', [ofGateway(), labelled, choosing({ ...team, kind: 'GRPCRoute' })]],
    [
      'of another namespace, for their own',
      [ofGateway(), labelled, granted, choosing(team, cors, 'other/own')],
    ],
    ['of another namespace, for all', [ofGateway(), labelled, granted, far(everywhere)], ALL, 'other/own'],
    ['of another namespace, and asking', [labelled, granted, far(everywhere, { extAuth: EXT_AUTH })]],
    [
      'of another namespace, for its labels',
      [ofGateway(), labelled, granted, shop('prod'), far(byLabels)],
      ALL,
      'other/own',
    ],
    ['of another namespace, for other labels', [ofGateway(), labelled, granted, shop('test'), far(byLabels)]],
    [
      'of another namespace, whose labels are not known',
      [ofGateway(), labelled, granted, far(byLabels)],
      ALL,
      MAYBE,
    ],
    ['of such a one, and asking', [ofGateway(), labelled, granted, far(byLabels, { extAuth: EXT_AUTH })]],
    [
      'of such a one, and asking alone',
      [labelled, granted, far(byLabels, { extAuth: EXT_AUTH })],
      ALL,
      'no SecurityPolicy',
    ],
    [
      'in words that nobody knows',
      [ofGateway(), labelled, granted, far({ namespaces: { from: 'Some' } })],
      ALL,
      'other/own',
    ],
    ['of a later one of another namespace', [ofGateway(), labelled, granted, far(everywhere), early]],
  ]);

  describe('of another namespace', () => {
    const open = [ofGateway(), labelled, far(everywhere)];
    check([
      ['without a grant', open],
      ['with one', [...open, granted], ALL, 'other/own'],
      ['with one for policies of a third', [...open, grant('shop', 'third')]],
      ['with one in a third', [...open, grant('third', 'other')]],
      ['with one for another kind', [...open, grant('shop', 'other', { kind: 'GRPCRoute' })]],
      ['with one for this very route', [...open, grant('shop', 'other', { name: 'web' })], ALL],
      ['with one for another route', [...open, grant('shop', 'other', { name: 'others' })]],
      ['with one for another kind of policy', [...open, grant('shop', 'other', {}, 'BackendTrafficPolicy')]],
    ]);
  });

  check([
    [
      'choose the Gateway',
      [
        gateway({}, { edge: 'yes' }),
        policy('infra/x', {
          targetSelectors: [{ kind: 'Gateway', matchLabels: { edge: 'yes' } }],
          extAuth: EXT_AUTH,
        }),
      ],
    ],
  ]);

  it('more of them than are kept may be for anything of their namespace', () => {
    const targetRefs = Array.from({ length: 257 }, (_, n) => ref('HTTPRoute', `r-${n}`));
    const [text] = uncoveredTexts(ofGateway(), policy('shop/own', { targetRefs, extAuth: EXT_AUTH }));
    expect(text).toContain('SecurityPolicy shop/own names more targets than are read');
    expect(uncoveredTexts(ofGateway(), policy('other/own', { targetRefs, extAuth: EXT_AUTH }))).toEqual([]);
  });
});

it('says what to do', () => {
  const own = policy('shop/own', { targetRefs: [WEB], ...cors });
  expect(uncovered(ofGateway(), own).map(({ remedy }) => remedy)).toEqual([
    'give it the extAuth that portcullis envoy-config --for envoy-gateway prints, or mergeType: StrategicMerge',
  ]);
});

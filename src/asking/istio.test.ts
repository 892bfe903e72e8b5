/** Which AuthorizationPolicies have Istio ask about all requests of a Gateway, each beside one that does not. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import type { ObjectChange } from '../cluster/objects.ts';
import { change, raw } from '../cluster/testing/objects.ts';
import { istioPieces } from '../gateways/istio.ts';
import { SHARED_PORTS, SHARED_SERVICE } from '../gateways/service.ts';
import { ALL, check } from './testing/cases.ts';
import { askedService, GROUP, gateway, ISTIO, route, uncovered } from './testing/stage.ts';

const PRINTED = istioPieces({
  service: { ...SHARED_SERVICE, address: 'x', port: SHARED_PORTS.grpc },
  tls: false,
  protocol: { kind: 'grpc' },
  gateway: { namespace: 'infra', name: 'public' },
})[1]?.document as JsonObject;
const SPEC = PRINTED.spec as JsonObject;
const { targetRefs: _, ...UNTARGETED } = SPEC;

const policy = (id: string, spec: JsonObject = SPEC, annotations: JsonObject = {}): ObjectChange =>
  change('AuthorizationPolicy', id, raw(id, { spec }, { annotations }));
const printed = (more: JsonObject = {}, annotations?: JsonObject) =>
  policy('infra/portcullis', { ...SPEC, ...more }, annotations);
const selecting = (matchLabels: JsonObject, id = 'infra/portcullis') =>
  policy(id, { ...UNTARGETED, selector: { matchLabels } });
const ref = (name: string, more: JsonObject = {}) => ({ group: GROUP, kind: 'Gateway', name, ...more });

/** Its route is accepted by Istio. */
const istio = (...changes: readonly ObjectChange[]): readonly ObjectChange[] => [
  route('shop/web', { controller: ISTIO }),
  ...changes,
];

describe('the policy', () => {
  check([
    ['as it is printed', istio(printed())],
    ['is not there', istio(), ALL, 'no AuthorizationPolicy with action CUSTOM'],
    ['allows', istio(printed({ action: 'ALLOW' })), ALL, 'no AuthorizationPolicy with action CUSTOM'],
    ['is another Gateway’s', istio(printed({ targetRefs: [ref('other')] })), ALL],
    [
      'is of another group',
      istio(printed({ targetRefs: [ref('public', { group: 'networking.istio.io' })] })),
      ALL,
    ],
    ['is one of several targets', istio(printed({ targetRefs: [ref('other'), ref('public')] }))],
    ['by the deprecated targetRef', istio(policy('infra/x', { ...UNTARGETED, targetRef: ref('public') }))],
    ['names another namespace', istio(printed({ targetRefs: [ref('public', { namespace: 'shop' })] })), ALL],
    ['is of another namespace', istio(policy('shop/portcullis')), ALL],
    ['names a Gateway from the root namespace', istio(policy('istio-system/portcullis')), ALL],
    [
      'is one of two, where the other asks others',
      istio(printed(), policy('infra/x', { ...SPEC, provider: { name: 'x' } })),
    ],
  ]);
});

describe('its provider and its rules', () => {
  const rule = { to: [{ operation: { notPaths: ['/healthz'] } }] };
  check([
    [
      'another provider',
      istio(printed({ provider: { name: 'oauth2-proxy' } })),
      ALL,
      'the provider oauth2-proxy',
    ],
    ['no provider', istio(printed({ provider: null })), ALL, 'without a name'],
    ['one of several of ours', istio(printed({ provider: { name: 'portcullis-internal' } }))],
    ['one that only begins like ours', istio(printed({ provider: { name: 'portcullisx' } })), ALL],
    [
      'a rule that leaves paths out',
      istio(printed({ rules: [rule] })),
      ALL,
      'every rule of AuthorizationPolicy infra/portcullis has conditions',
    ],
    ['such a rule beside one without conditions', istio(printed({ rules: [rule, {}] }))],
    [
      'such a policy beside one without conditions',
      istio(policy('infra/a', { ...SPEC, rules: [rule] }), printed()),
    ],
    ['no rules', istio(printed({ rules: [] })), ALL, 'has no rules'],
    ['a dry run', istio(printed({}, { 'istio.io/dry-run': 'true' })), ALL, 'istio.io/dry-run'],
    ['a dry run in other letters', istio(printed({}, { 'istio.io/dry-run': 'T' })), ALL, 'istio.io/dry-run'],
    ['no dry run', istio(printed({}, { 'istio.io/dry-run': 'false' }))],
  ]);
});

describe('a policy without targetRefs', () => {
  const NAME = { 'gateway.networking.k8s.io/gateway-name': 'public' };
  check([
    ['for its whole namespace', istio(policy('infra/portcullis', UNTARGETED))],
    ['for the whole mesh', istio(policy('istio-system/portcullis', UNTARGETED))],
    ['for another namespace', istio(policy('shop/portcullis', UNTARGETED)), ALL],
    ['for the pods that Istio makes', istio(selecting(NAME))],
    [
      'for those of another Gateway',
      istio(selecting({ 'gateway.networking.k8s.io/gateway-name': 'x' })),
      ALL,
      'no AuthorizationPolicy',
    ],
    [
      'for labels that they need not have',
      istio(selecting({ istio: 'ingressgateway' })),
      ALL,
      'by labels that those of Gateway infra/public need not have',
    ],
    ['for their name and more', istio(selecting({ ...NAME, a: 'b' })), ALL, 'need not have'],
    ['for their name, from the root namespace', istio(selecting(NAME, 'istio-system/portcullis'))],
  ]);
});

describe('pods that Istio has not made', () => {
  const LABELS = { app: 'ingress', istio: 'ingressgateway' };
  const manual = (value: string) => gateway({ addresses: [{ type: 'Hostname', value }] });
  const BESIDE = [manual('ingress'), askedService('infra/ingress', LABELS)];
  const APART = [
    manual('ingress.istio-ingress.svc.cluster.local'),
    askedService('istio-ingress/ingress', LABELS),
  ];
  check([
    ['obey no targetRefs', istio(...BESIDE, printed()), ALL, 'no AuthorizationPolicy'],
    ['obey selectors', istio(...BESIDE, selecting({ istio: 'ingressgateway' }))],
    ['obey those of their own namespace', istio(...APART, selecting(LABELS, 'istio-ingress/portcullis'))],
    ['and not those of the Gateway', istio(...APART, selecting(LABELS)), ALL],
    [
      'are not to be found',
      istio(manual('nowhere'), selecting(LABELS)),
      ALL,
      'the address nowhere, which is no Service',
    ],
    [
      'behind an address of another kind',
      istio(manual('edge.example.com'), selecting(LABELS)),
      ALL,
      'edge.example.com',
    ],
    ['are made by it with an IP address', istio(gateway({ addresses: [{ value: '192.0.2.1' }] }), printed())],
    [
      'and not with two',
      istio(gateway({ addresses: [{ value: '192.0.2.1' }, { value: '192.0.2.2' }] }), printed()),
      ALL,
    ],
  ]);
});

it('asks about all listeners and rules alike, and says what to do', () => {
  expect(uncovered(...istio()).map(({ remedy }) => remedy)).toEqual([
    'apply the AuthorizationPolicy that portcullis envoy-config --for istio --gateway prints',
  ]);
});

import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { change, type PodOptions, pod, raw } from '../cluster/testing/objects.ts';
import { arePortsClosed } from './closed-ports.ts';

const ANY: JsonObject = { matchLabels: {} };
const GATEWAY: JsonObject = { podSelector: { matchLabels: { app: 'gateway' } } };

/** Of pods of its namespace with the label app: orders. */
function policyOf(spec: JsonObject, id = 'shop/n') {
  const podSelector = { matchLabels: { app: 'orders' } };
  const made = change('NetworkPolicy', id, raw(id, { spec: { podSelector, ...spec } }));
  if (made.kind !== 'NetworkPolicy' || made.object === undefined) throw new Error('no policy');
  return made.object;
}

function podOf(options: PodOptions = {}) {
  const made = pod('shop/o', { labels: { app: 'orders' }, ports: { 8080: 8080, metrics: 9090 }, ...options });
  if (made.kind !== 'Pod' || made.object === undefined) throw new Error('no pod');
  return made.object;
}

const closed = (callers: 'Nobody' | 'Some', ...specs: readonly JsonObject[]) =>
  arePortsClosed(
    podOf(),
    [8080],
    callers,
    specs.map((spec) => policyOf(spec)),
  );

it.each<[string, JsonObject]>([
  ['that lets nobody in', {}],
  ['that chooses every pod', { podSelector: {} }],
  ['for another port', { ingress: [{ ports: [{ port: 15906 }] }] }],
  ['for a range of other ports', { ingress: [{ ports: [{ port: 8081, endPort: 9000 }] }] }],
  ['for a name that Envoy has by now', { ingress: [{ ports: [{ port: 'http' }] }] }],
  ['for UDP', { ingress: [{ ports: [{ port: 8080, protocol: 'UDP' }, { protocol: 'SCTP' }] }] }],
])('a policy %s closes the port', (_, spec) => {
  expect(closed('Nobody', spec)).toBe(true);
});

it.each<[string, JsonObject]>([
  ['for what goes out', { policyTypes: ['Egress'] }],
  ['of other pods', { podSelector: { matchLabels: { app: 'other' } } }],
  ['of pods that cannot be told', { podSelector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } }],
  ['for all ports', { ingress: [{}] }],
  ['for all TCP ports', { ingress: [{ ports: [{ port: 1 }, { protocol: 'TCP' }] }] }],
  ['for the port', { ingress: [{ ports: [{ port: 8080 }] }] }],
  ['for the port, to some', { ingress: [{ ports: [{ port: 8080 }], from: [GATEWAY] }] }],
  ['for a range with the port', { ingress: [{ ports: [{ port: 8000, endPort: 8080 }] }] }],
])('a policy %s does not', (_, spec) => {
  expect(closed('Nobody', spec)).toBe(false);
});

it('what one lets in, no other keeps out', () => {
  expect(closed('Nobody', {}, { ingress: [{ ports: [{ port: 8080 }] }] })).toBe(false);
});

it('of another namespace does nothing', () => {
  expect(arePortsClosed(podOf(), [8080], 'Nobody', [policyOf({}, 'other/n')])).toBe(false);
  expect(arePortsClosed(podOf(), [8080], 'Nobody', [])).toBe(false);
});

it('a name that the pod still has is what it says', () => {
  const policy = policyOf({ ingress: [{ ports: [{ port: 'metrics' }] }] });
  expect(arePortsClosed(podOf(), [9090], 'Nobody', [policy])).toBe(false);
});

it.each<[string, JsonObject, boolean]>([
  ['chosen pods', GATEWAY, true],
  ['a namespace', { namespaceSelector: { matchLabels: { team: 'edge' } } }, true],
  ['chosen pods of any namespace', { namespaceSelector: ANY, ...GATEWAY }, true],
  ['a network', { ipBlock: { cidr: '10.0.0.0/8' } }, true],
  ['every pod', { namespaceSelector: {} }, false],
  ['every pod, said twice', { namespaceSelector: ANY, podSelector: {} }, false],
  ['every address', { ipBlock: { cidr: '0.0.0.0/0' } }, false],
  ['every IPv6 address', { ipBlock: { cidr: '::/0' } }, false],
])('behind a gateway, one that lets in %s: %#', (_, peer, expected) => {
  expect(closed('Some', { ingress: [{ from: [peer] }] })).toBe(expected);
  expect(closed('Some', { ingress: [{ from: [peer] }, { from: [] }] })).toBe(false);
});

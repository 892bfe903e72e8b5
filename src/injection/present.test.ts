import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { presentListeners } from './present.ts';
import { captured, guard, guarded, initContainers, pod, specOf } from './testing/pods.ts';

const PORTS = { guards: [guard(8080, 9090)] };
const made = guarded(pod(), PORTS);

/** The ports of the pod with one container of ours changed. */
function ports(name: string, change: (one: JsonObject) => JsonObject, of = made): readonly number[] {
  const changed = initContainers(of).map((one) => (one.name === name ? change(one) : one));
  return presentListeners({ ...specOf(of), initContainers: changed }).map(({ port }) => port);
}

const asIs = (one: JsonObject): JsonObject => one;

it.each([
  ['Redirect', [8080, 9090]],
  ['None', []],
])('knows the ports of injected sidecars: %s', (mode, expected) => {
  expect(ports('', asIs, guarded(pod({}, captured(mode)), PORTS))).toEqual(expected);
});

it('knows the ports whose names lead to Envoy', () => {
  expect(ports('', asIs, guarded(pod({}, captured('NamedPort'))))).toEqual([8080]);
});

it.each<[string, JsonObject]>([
  ['runs something else', { command: ['true'] }],
  ['is told something else', { args: ['validator'] }],
  ['leads them elsewhere', { args: ['capture', '8080=15950', '9090=1'] }],
])('believes no port where capture %s', (_, members) => {
  expect(ports('portcullis-capture', (one) => ({ ...one, ...members }))).toEqual([]);
});

it('believes only ports that both know', () => {
  const half = ({ args, ...one }: JsonObject) => ({
    ...one,
    args: (args as readonly JsonValue[]).slice(0, 2),
  });
  expect(ports('portcullis-capture', half)).toEqual([8080]);
});

it.each<[string, JsonValue]>([
  ['text', 'x'],
  ['null', 'null'],
  ['other JSON', '{"listeners":[{"port":"8080"},7,{"port":8080}]}'],
  ['nothing', null],
])('reads no ports from %s', (_, value) => {
  const env = [{ name: 'PORTCULLIS_ENVOY_SETTINGS', value }];
  expect(ports('portcullis-validator', (one) => ({ ...one, env }))).toEqual([]);
});

it('takes the last of two variables of one name, as Kubernetes does', () => {
  const last = { name: 'PORTCULLIS_ENVOY_SETTINGS', value: '{}' };
  const twice = ({ env, ...one }: JsonObject) => ({ ...one, env: [...(env as readonly JsonValue[]), last] });
  expect(ports('portcullis-validator', twice)).toEqual([]);
});

it('reads no more ports than there are listeners', () => {
  const listeners = Array.from({ length: 1000 }, (_, port) => ({ port: port + 1, listener: 15_906 }));
  const env = [{ name: 'PORTCULLIS_ENVOY_SETTINGS', value: JSON.stringify({ listeners }) }];
  const named = guarded(pod({}, captured('NamedPort')));
  expect(ports('portcullis-validator', (one) => ({ ...one, env }), named)).toHaveLength(45);
});

it.each([{}, { initContainers: 'x' }, { initContainers: [null, { name: 'portcullis-validator', env: 7 }] }])(
  'does not stumble over %j',
  (spec) => {
    expect(presentListeners(objectAt(spec))).toEqual([]);
  },
);

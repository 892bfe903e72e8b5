/** Whom the policy of a Gateway asks, how, and whether it is accepted: each case beside its opposite. */

import { describe } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { ALL, check } from './testing/cases.ts';
import {
  ancestor,
  backend,
  cors,
  EXT_AUTH,
  GATEWAY,
  ofGateway,
  policy,
  ref,
} from './testing/security-policies.ts';
import { askedService } from './testing/stage.ts';

describe("the Gateway's own policy", () => {
  check([
    ['as it is printed', [ofGateway()]],
    ['is not there', [], ALL, 'no SecurityPolicy that can be read'],
    ['is of another namespace', [policy('shop/x', { targetRefs: [GATEWAY], extAuth: EXT_AUTH })], ALL],
    [
      'is for another Gateway',
      [policy('infra/x', { targetRefs: [ref('Gateway', 'other')], extAuth: EXT_AUTH })],
      ALL,
    ],
    ['by the deprecated targetRef', [policy('infra/x', { targetRef: GATEWAY, extAuth: EXT_AUTH })]],
    ['asks nobody', [policy('infra/x', { targetRefs: [GATEWAY], ...cors })], ALL, 'has no extAuth'],
    ['with extAuth null', [ofGateway(null)], ALL, 'has no extAuth'],
    ['with failOpen', [ofGateway({ ...EXT_AUTH, failOpen: true })], ALL, 'has failOpen: true'],
    ['with failOpen in another type', [ofGateway({ ...EXT_AUTH, failOpen: 'false' })], ALL, 'failOpen'],
    ['with an extAuth of no known form', [ofGateway('ours')], ALL, 'by none or both'],
  ]);
});

describe('what it asks', () => {
  const grpc = (...backendRefs: readonly JsonObject[]) => ofGateway({ grpc: { backendRefs } });
  const http = (more: JsonObject = {}, port = 9001) =>
    ofGateway({ http: { backendRefs: [{ ...backend, port }], path: '/envoy', ...more } });
  const STRANGER = { name: 'other', namespace: 'portcullis-system', port: 9002 };
  check([
    ['the validators, by the deprecated backendRef', [ofGateway({ grpc: { backendRef: backend } })]],
    [
      'backendRefs go before backendRef',
      [ofGateway({ grpc: { backendRef: backend, backendRefs: [STRANGER] } })],
      ALL,
      'Service portcullis-system/other',
    ],
    ['a Service that is not there', [grpc(STRANGER)], ALL, 'is not there'],
    [
      'a Service of other pods',
      [grpc(STRANGER), askedService('portcullis-system/other', { app: 'x' })],
      ALL,
      'leads to no validator of Gateway infra/public',
    ],
    ['another Service of the validators', [grpc(STRANGER), askedService('portcullis-system/other')]],
    [
      'a Service of alike pods elsewhere',
      [grpc({ ...backend, namespace: 'infra' }), askedService('infra/portcullis-gateway')],
      ALL,
      'leads to no validator',
    ],
    [
      'without a namespace: that of the policy',
      [grpc({ name: 'portcullis-gateway', port: 9002 })],
      ALL,
      'Service infra/portcullis-gateway',
    ],
    ['the validators and another in turn', [grpc(backend, STRANGER)], ALL, 'Service portcullis-system/other'],
    [
      'what is no Service',
      [grpc({ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'x' })],
      ALL,
      'no Service',
    ],
    ['nothing', [grpc()], ALL, 'names no backend'],
    ['the port for probes', [grpc({ ...backend, port: 15_904 })], ALL, 'port 15904'],
    ['a port that there is not', [grpc({ ...backend, port: 1 })], ALL, 'port 1 of'],
    [
      'over gRPC the port for HTTP',
      [grpc({ ...backend, port: 9001 })],
      ALL,
      'nothing over grpc (port 9002 does)',
    ],
    ['over HTTP with the prefix', [http()]],
    ['over HTTP without it', [http({ path: '' })], ALL, 'has not the path /envoy'],
    ['over HTTP with more than it', [http({ path: '/envoy/public' })], ALL, 'has not the path /envoy'],
    ['over HTTP about one path', [http({ pathOverride: '/envoy/public' })], ALL, 'pathOverride'],
    ['over HTTP the port for probes', [http({}, 15_904)], ALL, 'port 15904'],
    ['over both', [ofGateway({ ...EXT_AUTH, http: { backendRefs: [backend] } })], ALL, 'none or both'],
  ]);
});

describe('a route that is chosen anew behind the check', () => {
  const jwt = (recomputeRoute: boolean): JsonObject => ({
    jwt: { providers: [{ name: 'a' }, { name: 'b', recomputeRoute }] },
  });
  const own = (spec: JsonObject) => policy('shop/own', { targetRefs: [ref('HTTPRoute', 'web')], ...spec });
  const merging = { mergeType: 'StrategicMerge' };
  check([
    ['by the check', [ofGateway({ ...EXT_AUTH, recomputeRoute: true })], ALL, 'has recomputeRoute: true'],
    [
      'by a token',
      [policy('infra/x', { targetRefs: [GATEWAY], extAuth: EXT_AUTH, ...jwt(true) })],
      ALL,
      'recomputeRoute',
    ],
    ['by none', [policy('infra/x', { targetRefs: [GATEWAY], extAuth: EXT_AUTH, ...jwt(false) })]],
    ['by what is merged', [ofGateway(), own({ ...jwt(true), ...merging })], ALL, 'SecurityPolicy shop/own'],
    ['by none that is merged', [ofGateway(), own({ ...jwt(false), ...merging })]],
    [
      'by what it is merged with',
      [ofGateway({ ...EXT_AUTH, recomputeRoute: true }), own(merging)],
      ALL,
      'SecurityPolicy infra/portcullis',
    ],
  ]);
});

describe('whether it is accepted', () => {
  const at = (...ancestors: readonly JsonObject[]) => ofGateway(EXT_AUTH, { ancestors: [...ancestors] });
  const many = Array.from({ length: 16 }, (_, n) => ancestor('True', {}, { name: `g-${n}` }));
  check([
    ['not yet', [at()], ALL, 'has not been accepted at Gateway infra/public so far'],
    ['refused', [at(ancestor('False'))], ALL, 'is not accepted at Gateway infra/public: said'],
    ['by another controller', [at({ ...ancestor('True'), controllerName: 'x/y' })], ALL, 'so far'],
    ['at another Gateway', [at(ancestor('True', {}, { name: 'other' }))], ALL, 'so far'],
    ['before it was edited', [ofGateway(EXT_AUTH, { generation: 2 })], ALL, 'so far'],
    [
      'refused at one listener',
      [at(ancestor('True'), ancestor('False', {}, { sectionName: 'https' }))],
      'HTTPRoute shop/web at listener https of Gateway infra/public',
      'not accepted',
    ],
    ['without room in its status', [at(...many)], ALL, 'has no room for Gateway infra/public'],
  ]);
});

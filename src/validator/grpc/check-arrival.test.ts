import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import type { Arrival } from '../check.ts';
import type { UnaryCall } from './call.ts';
import { askOverGrpc } from './check-arrival.ts';

const proto = protobuf.loadSync(new URL('../../../proto/ext_authz.proto', import.meta.url).pathname);
const type = proto.lookupType('envoy.service.auth.v3.CheckRequest');

/** Field 13 of the attributes, as Envoy Gateway has Envoy send it: an HTTPRoute shop/web. */
const text = (number: number, content: string | Uint8Array): Uint8Array =>
  protobuf.Writer.create()
    .uint32(number * 8 + 2)
    .bytes(typeof content === 'string' ? Buffer.from(content) : content)
    .finish();
const entry = (name: string, value: Uint8Array): Uint8Array =>
  text(1, Buffer.concat([text(1, name), text(2, value)]));
const members = Object.entries({ kind: 'HTTPRoute', namespace: 'shop', name: 'web' });
const resource = Buffer.concat(members.map(([name, value]) => entry(name, text(3, value))));
const resources = text(6, text(1, text(5, resource)));
const route = text(1, text(13, entry('envoy-gateway', entry('resources', resources))));

function arrivalOf(message: Buffer): Arrival {
  const arrivals: Arrival[] = [];
  const call: Partial<UnaryCall> = { isGone: () => false };
  askOverGrpc(message, call as UnaryCall, {
    ask: (arrival) => void arrivals.push(arrival),
    record: () => {},
    onError: (error) => {
      throw error;
    },
  });
  const [arrival] = arrivals;
  if (arrival === undefined) throw new Error('it was not asked');
  return arrival;
}

const http = { method: 'GET', path: '/', host: 'api.example', headers: { 'x-portcullis-route': 'evil' } };
const check = Buffer.from(type.encode(type.fromObject({ attributes: { request: { http } } })).finish());

it('a check is for the same route before it is decoded and after that', () => {
  const arrival = arrivalOf(Buffer.concat([check, route]));
  const expected = { kind: 'HTTPRoute', namespace: 'shop', name: 'web' };
  expect(arrival.summary()).toMatchObject({ host: 'api.example', route: expected });
  expect(arrival.read().request).toMatchObject({ host: 'api.example', pathAndQuery: '/', route: expected });
});

it('no header of the client names a route', () => {
  const arrival = arrivalOf(check);
  expect(arrival.summary().route).toBeUndefined();
  expect(arrival.read().request.route).toBeUndefined();
});

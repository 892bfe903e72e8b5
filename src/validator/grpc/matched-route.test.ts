import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { matchedRoute, readMatchedRoute } from './matched-route.ts';

/** Envoy's own messages, as far as a route's metadata needs them. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Metadata { map<string, Struct> filter_metadata = 1; map<string, bytes> typed_filter_metadata = 2; }
  message Struct { map<string, Value> fields = 1; }
  message Value {
    oneof kind { double number_value = 2; string string_value = 3; bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; }
  }
  message ListValue { repeated Value values = 1; }
`);
const type = root.lookupType('Metadata');

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

function value(json: Json): object {
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(value) } };
  return { structValue: struct(json as { readonly [name: string]: Json }) };
}
const struct = (members: { readonly [name: string]: Json }): object => ({
  fields: Object.fromEntries(Object.entries(members).map(([name, member]) => [name, value(member)])),
});

/** Metadata by the name of its filter. */
function metadata(filters: { readonly [filter: string]: { readonly [name: string]: Json } }): Buffer {
  const filterMetadata = Object.fromEntries(
    Object.entries(filters).map(([filter, members]) => [filter, struct(members)]),
  );
  return Buffer.from(type.encode(type.fromObject({ filterMetadata })).finish());
}

const WEB = { kind: 'HTTPRoute', namespace: 'shop', name: 'web' };
const resources = (...list: readonly Json[]) => metadata({ 'envoy-gateway': { resources: list } });

it.each([
  ['an HTTPRoute', WEB, WEB],
  ['a GRPCRoute', { ...WEB, kind: 'GRPCRoute' }, { ...WEB, kind: 'GRPCRoute' }],
  ['a rule of it', { ...WEB, sectionName: 'admin' }, { ...WEB, section: 'admin' }],
  [
    'one with annotations, which may be called like members',
    { ...WEB, annotations: { name: 'other', sectionName: 'other', large: 'x'.repeat(100_000) } },
    WEB,
  ],
])('reads %s', (_, resource, expected) => {
  expect(readMatchedRoute(resources(resource))).toEqual(expected);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['what others say', metadata({ other: { resources: [WEB] }, 'envoy.lb': { kind: 'HTTPRoute' } })],
])('%s is no word about a route', (_, bytes) => {
  expect(readMatchedRoute(bytes)).toBeUndefined();
});

describe('of a route that is told in another form, nothing is taken', () => {
  it.each([
    ['no resource', metadata({ 'envoy-gateway': {} })],
    ['an empty list', resources()],
    ['two resources', resources(WEB, { ...WEB, name: 'other' })],
    ['a resource that is no object', resources('web')],
    ['no list', metadata({ 'envoy-gateway': { resources: WEB } })],
    ['a route of another kind', resources({ ...WEB, kind: 'TLSRoute' })],
    ['no kind', resources({ namespace: 'shop', name: 'web' })],
    ['no namespace', resources({ kind: 'HTTPRoute', name: 'web' })],
    ['no name', resources({ kind: 'HTTPRoute', namespace: 'shop' })],
    ['a name that is no text', resources({ ...WEB, name: 7 })],
    ['a name with a blank, which could name a rule', resources({ ...WEB, name: 'web admin' })],
    ['a name with a slash', resources({ ...WEB, name: 'x/web' })],
    ['an empty name', resources({ ...WEB, name: '' })],
    ['a rule that is no text', resources({ ...WEB, sectionName: true })],
    ['an empty rule', resources({ ...WEB, sectionName: '' })],
    ['bytes that end too soon', resources(WEB).subarray(0, -1)],
    ['a group', Buffer.from([0x0b, 0x0c])],
    ['a number without an end', Buffer.from([0xff])],
  ])('%s', (_, bytes) => {
    expect(readMatchedRoute(bytes)).toBe('Unreadable');
  });

  it('nor of any beginning of it', () => {
    const whole = resources({ ...WEB, sectionName: 'admin' });
    for (let end = 1; end < whole.length; end++) {
      expect(readMatchedRoute(whole.subarray(0, end)), `${end}`).toBe('Unreadable');
    }
  });
});

it('of members of one name the last counts, as for any decoder', () => {
  const last = { ...WEB, name: 'last' };
  expect(readMatchedRoute(Buffer.concat([resources(WEB), resources(last)]))).toEqual(last);
});

it('remembers what it has read, for each route its own', () => {
  const routes = Array.from({ length: 2000 }, (_, i) => ({ ...WEB, name: `web-${i}` }));
  for (let round = 0; round < 2; round++) {
    for (const route of routes) expect(matchedRoute(resources(route))).toEqual(route);
    expect(matchedRoute(resources('web'))).toBe('Unreadable');
    expect(matchedRoute(metadata({ other: {} }))).toBeUndefined();
  }
  const large = { ...WEB, annotations: { large: 'x'.repeat(5000) } };
  expect(matchedRoute(resources(large))).toEqual(WEB);
});

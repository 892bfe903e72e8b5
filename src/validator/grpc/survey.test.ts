import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { MAX_CHECK_HEADERS, MAX_FIELDS, survey } from './survey.ts';

const proto = protobuf.loadSync(new URL('../../../proto/ext_authz.proto', import.meta.url).pathname);
const type = proto.lookupType('envoy.service.auth.v3.CheckRequest');
const encode = (message: object): Buffer => Buffer.from(type.encode(type.fromObject(message)).finish());
const http = (fields: object): Buffer => encode({ attributes: { request: { http: fields } } });

/** A field of bytes, with its tag and its length. */
function field(number: number, content: Buffer): Buffer {
  const writer = protobuf.Writer.create().uint32(number * 8 + 2);
  return Buffer.from(writer.bytes(content).finish());
}
const repeat = (bytes: Buffer, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, () => bytes));
const EMPTY = Buffer.alloc(0);
const refused = (detail: string) => ({ kind: 'refused', detail: expect.stringContaining(detail) });

it('tells whom a check is for', () => {
  const bytes = encode({
    attributes: {
      source: { address: { socketAddress: { address: '192.0.2.7', portValue: 40_000 } } },
      destination: { address: { socketAddress: { address: '10.0.0.1', portValue: 8443 } } },
      request: { http: { method: 'GET', host: 'api.example:443', path: '/', headers: { host: 'other' } } },
    },
  });
  expect(survey(bytes)).toEqual({ kind: 'within', host: 'api.example:443', port: 8443 });
  expect(survey(EMPTY)).toEqual({ kind: 'within', host: '', port: 0 });
});

it('finds what the gateway says of its route, and takes it once', () => {
  const said = field(1, field(13, Buffer.from('route')));
  expect(survey(said)).toMatchObject({ routeMetadata: Buffer.from('route') });
  // Its dynamic metadata (11) can come from filters that read what the client sends.
  expect(survey(field(1, field(11, Buffer.from('route'))))).toMatchObject({ routeMetadata: undefined });
  expect(survey(Buffer.concat([said, said]))).toEqual(refused('cannot be read'));
});

it('a field that comes twice counts as it is decoded: the last one holds', () => {
  const twice = Buffer.concat([http({ host: 'a.example' }), http({ host: 'b.example' })]);
  expect(survey(twice)).toMatchObject({ host: 'b.example' });
  expect(type.toObject(type.decode(twice))).toMatchObject({
    attributes: { request: { http: { host: 'b.example' } } },
  });
});

const header = field(3, EMPTY);
const inHttp = (content: Buffer): Buffer => field(1, field(4, field(2, content)));

it.each([
  ['at most as many headers as may be', inHttp(repeat(header, MAX_CHECK_HEADERS)), { kind: 'within' }],
  ['one more', inHttp(repeat(header, MAX_CHECK_HEADERS + 1)), refused('more than 1000 headers')],
  [
    'one more, in messages that are merged',
    repeat(inHttp(header), MAX_CHECK_HEADERS + 1),
    refused('headers'),
  ],
  ['one more raw one', inHttp(field(13, repeat(field(1, EMPTY), MAX_CHECK_HEADERS + 1))), refused('headers')],
  ['messages that are merged without end', repeat(field(1, EMPTY), MAX_FIELDS + 1), refused('fields')],
  ['fields that nobody reads', inHttp(repeat(field(99, EMPTY), MAX_FIELDS)), refused('fields')],
  ['context extensions without end', field(1, repeat(field(10, EMPTY), MAX_FIELDS)), refused('fields')],
  ['headers full of fields', inHttp(field(3, repeat(field(1, EMPTY), MAX_FIELDS))), refused('fields')],
  ['metadata of one field, however large', field(1, field(11, Buffer.alloc(500_000))), { kind: 'within' }],
  ['a group', Buffer.from([0x0b, 0x0c]), refused('cannot be read')],
  ['a length beyond the end', Buffer.from([0x0a, 0x05, 1]), refused('cannot be read')],
  ['a length beyond its message', inHttp(Buffer.from([0x2a, 0x7f])), refused('cannot be read')],
  ['a tag without an end', Buffer.from([0xff, 0xff]), refused('cannot be read')],
  ['a number of eleven bytes', Buffer.from([...Array(11).fill(0xff), 1]), refused('cannot be read')],
  ['a broken number', Buffer.from([0x09, 1, 2]), refused('cannot be read')],
])('%s', (_, bytes, expected) => {
  expect(survey(bytes)).toMatchObject(expected);
});

it('what is over a bound is not looked through to its end', () => {
  let read = 0;
  const bytes = new Proxy(repeat(field(1, EMPTY), 400_000), {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
      return Reflect.get(target, key);
    },
  });
  expect(survey(bytes).kind).toBe('refused');
  expect(read).toBeLessThan(4 * MAX_FIELDS);
});

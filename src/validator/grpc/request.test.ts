import { expect, it } from 'vitest';
import { readGrpcCheck } from './request.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

it('method, path and host come from the attributes, the client from its connection', () => {
  const check = readGrpcCheck({
    attributes: {
      source: { address: { socketAddress: { address: '192.0.2.7', portValue: 40_000 } } },
      destination: { address: { socketAddress: { address: '10.0.0.1', portValue: 8080 } } },
      request: {
        http: {
          method: 'GET',
          path: '/a?b=c',
          host: 'api.example',
          headers: { ':method': 'GET', ':path': '/other', ':authority': 'other.example', 'x-a': 'b' },
        },
      },
    },
  });
  expect(check).toEqual({
    request: {
      method: 'GET',
      pathAndQuery: '/a?b=c',
      host: 'api.example',
      headers: { 'x-a': 'b' },
      mayBeJoined: true,
      port: 8080,
    },
    client: '192.0.2.7',
  });
});

it('raw headers keep doubled ones apart, and are joined as HTTP joins them', () => {
  const headers = [
    { key: ':path', rawValue: bytes('/other') },
    { key: 'authorization', rawValue: bytes('Bearer a') },
    { key: 'Authorization', rawValue: bytes('Bearer b') },
    { key: 'cookie', rawValue: bytes('a=1') },
    { key: 'cookie', rawValue: bytes('b=2') },
    { key: 'x-text', value: 'as text' },
    { key: 'x-empty' },
    { key: 'x-utf8', rawValue: bytes('grüße') },
    { key: 'x-other', rawValue: Buffer.from([0x67, 0xfc]) },
  ];
  const check = readGrpcCheck({ attributes: { request: { http: { headerMap: { headers } } } } });
  expect(check.request.headers).toEqual({
    authorization: 'Bearer a, Bearer b',
    cookie: 'a=1; b=2',
    'x-text': 'as text',
    'x-empty': '',
    'x-utf8': 'grüße',
    'x-other': 'g\ufffd',
  });
  expect(check.request.doubled).toEqual(new Set(['authorization', 'cookie']));
  expect(check.request.mayBeJoined).toBe(false);
});

it('a path with a byte that is no UTF-8 is not the text that stands in its place', () => {
  const pathOf = (sent: Buffer): string => {
    const headers = [{ key: ':path', rawValue: sent }];
    const http = { path: '/a!', headerMap: { headers } };
    return readGrpcCheck({ attributes: { request: { http } } }).request.pathAndQuery;
  };
  expect(pathOf(Buffer.from('/a\xa0', 'latin1'))).toBe('/a\ufffd');
  expect(pathOf(bytes('/a\u00a0'))).toBe('/a\u00a0');
  expect(pathOf(bytes('/a!'))).toBe('/a!');
  expect(pathOf(Buffer.alloc(0))).toBe('/a!');
});

it('the protocol of an extended CONNECT is kept', () => {
  const http = { method: 'CONNECT', headers: { ':protocol': 'websocket', ':scheme': 'https' } };
  const check = readGrpcCheck({ attributes: { request: { http } } });
  expect(check.request.headers).toEqual({ ':protocol': 'websocket' });
});

it('headers of both forms count as doubled ones', () => {
  const http = {
    headers: { authorization: 'a' },
    headerMap: { headers: [{ key: 'authorization', value: 'b' }] },
  };
  const { request } = readGrpcCheck({ attributes: { request: { http } } });
  expect(request.headers.authorization).toBe('a, b');
  expect(request.doubled).toEqual(new Set(['authorization']));
  expect(request.mayBeJoined).toBe(true);
});

it.each([
  ['nothing at all', {}],
  ['empty attributes', { attributes: {} }],
  [
    'a pipe for an address',
    { attributes: { source: { address: {} }, destination: { address: {} }, request: {} } },
  ],
])('%s is a request that says nothing', (_, message) => {
  expect(readGrpcCheck(message)).toEqual({
    request: { method: '', pathAndQuery: '', host: '', headers: {}, mayBeJoined: false, port: undefined },
    client: undefined,
  });
});

import { expect, it } from 'vitest';
import { readCallHead } from './call-head.ts';
import { badTimeout, noSuchMethod } from './status.ts';

const GOOD = {
  ':method': 'POST',
  ':path': '/envoy.service.auth.v3.Authorization/Check',
  'content-type': 'application/grpc',
  te: 'trailers',
};

const CHECK = { kind: 'check', timeout: Number.POSITIVE_INFINITY, encoding: undefined };
const within = (timeout: number) => ({ ...CHECK, timeout });
const notGrpc = (status: number) => ({ kind: 'not-grpc', status });

it.each([
  [{}, CHECK],
  [{ 'content-type': 'application/grpc+proto' }, CHECK],
  [{ 'content-type': 'application/grpc;charset=utf-8' }, CHECK],
  [{ 'content-type': 'application/grpc-web' }, notGrpc(415)],
  [{ 'content-type': 'application/json' }, notGrpc(415)],
  [{ 'content-type': undefined }, notGrpc(415)],
  [{ ':method': 'GET' }, notGrpc(405)],
  [{ ':path': '/envoy.service.auth.v3.Authorization/Other' }, { kind: 'error', error: noSuchMethod }],
  [{ ':path': '/envoy.service.auth.v3.Authorization/Check?' }, { kind: 'error', error: noSuchMethod }],
  [{ ':path': undefined }, { kind: 'error', error: noSuchMethod }],
  [{ 'grpc-encoding': 'gzip' }, { ...CHECK, encoding: 'gzip' }],
  [{ 'grpc-timeout': '200m' }, within(200)],
  [{ 'grpc-timeout': '1S' }, within(1000)],
  [{ 'grpc-timeout': '2M' }, within(120_000)],
  [{ 'grpc-timeout': '1H' }, within(3_600_000)],
  [{ 'grpc-timeout': '5000u' }, within(5)],
  [{ 'grpc-timeout': '99999999n' }, within(99.999999)],
  [{ 'grpc-timeout': '123456789m' }, { kind: 'error', error: badTimeout }],
  [{ 'grpc-timeout': '1' }, { kind: 'error', error: badTimeout }],
  [{ 'grpc-timeout': '-1m' }, { kind: 'error', error: badTimeout }],
  [{ 'grpc-timeout': '1m, 1m' }, { kind: 'error', error: badTimeout }],
])('%j', (headers, expected) => {
  expect(readCallHead({ ...GOOD, ...headers })).toEqual(expected);
});

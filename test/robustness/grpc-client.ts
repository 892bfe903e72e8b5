/** A gRPC client on bare HTTP/2, which can do what a proper one would not. */

import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type Settings,
} from 'node:http2';
import { connect } from 'node:net';
import { envoy } from '../../src/validator/grpc/messages.gen.js';
import type { Place } from '../support/validator.ts';
import { HOST } from './world.ts';

const { CheckRequest, CheckResponse } = envoy.service.auth.v3;
const PREFIX = 5;

/** Errors of the session are what these tests cause: they show in the calls. */
export async function openSession(place: Place, settings: Settings = {}): Promise<ClientHttp2Session> {
  const session = connectHttp2('http://validator', {
    settings,
    maxSendHeaderBlockLength: 1024 * 1024, // More than any server takes.
    createConnection: () => (typeof place === 'number' ? connect(place, '127.0.0.1') : connect(place)),
  });
  session.on('error', () => {});
  await once(session, 'connect');
  return session;
}

/** A call that is open: its message is still to be written. */
export function openCall(
  session: ClientHttp2Session,
  extra: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/envoy.service.auth.v3.Authorization/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...extra,
  });
  stream.on('error', () => {});
  return stream;
}

/** A message with gRPC's own five bytes before it. */
export function framed(message: Uint8Array, compressed = false): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt8(compressed ? 1 : 0, 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** A check of `/` on the guarded host, with a token if there is one. */
export function checkMessage(token?: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const http = { method: 'GET', host: HOST, path: '/', headers: { ...authorization, ...headers } };
  return framed(CheckRequest.encode({ attributes: { request: { http } } }).finish());
}

export interface GrpcAnswer {
  /** grpc-status; undefined where the stream ended without any. */
  readonly call: number | undefined;
  /** The status in the response, whose 0 alone allows. Undefined = no response. */
  readonly check: number | undefined;
}

/** What came of a call, once its stream is closed. */
export async function outcome(stream: ClientHttp2Stream): Promise<GrpcAnswer> {
  let call: number | undefined;
  const chunks: Buffer[] = [];
  const note = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] !== undefined) call = Number(headers['grpc-status']);
  };
  stream.on('response', note).on('trailers', note);
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', resolve));
  const bytes = Buffer.concat(chunks);
  const check = bytes.length === 0 ? undefined : CheckResponse.decode(bytes.subarray(PREFIX)).status?.code;
  return { call, check: bytes.length === 0 ? undefined : (check ?? 0) };
}

/** One whole call. */
export function ask(
  session: ClientHttp2Session,
  bytes: Uint8Array,
  extra?: Readonly<Record<string, string>>,
): Promise<GrpcAnswer> {
  const stream = openCall(session, extra);
  stream.end(bytes);
  return outcome(stream);
}

/** A gRPC health probe (grpc.health.v1.Health/Check) in plain text, as the kubelet makes it. */

import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:http2';
import protobuf from 'protobufjs/minimal.js';
import { readBytes } from '../../base/bytes.ts';
import { failure, type ProbeResult } from './probe-result.ts';
import type { Probe } from './probe-targets.ts';
import { connectTo } from './probe-tcp.ts';

const SERVING = 1;
const OK = '0';
/** Compressed or not, and the length. */
const PREFIX_BYTES = 5;
/** Bytes of an answer that could be one. */
const MAX_ANSWER = 1024;
/** HealthCheckRequest.service (1, string) and HealthCheckResponse.status (1, enum), as they stand on the wire. */
const SERVICE_TAG = 0x0a;
const STATUS_TAG = 0x08;

export async function probeGrpc(
  { address, port, service }: Probe & { readonly service: string },
  over: AbortSignal,
): Promise<ProbeResult> {
  const session = connect('http://probe.invalid', { createConnection: () => connectTo(address, port, over) });
  session.on('error', () => {}); // also of one that comes after the end
  const broken = once(session, 'error').then(([error]) => Promise.reject(error));
  over.addEventListener('abort', () => session.destroy());
  const asked = ask(session, `${address.includes(':') ? `[${address}]` : address}:${port}`, service);
  return await Promise.race([asked, broken]);
}

async function ask(session: ReturnType<typeof connect>, authority: string, service: string) {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': authority,
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': 'kube-probe/portcullis',
  });
  let grpcStatus: string | undefined;
  const read = (headers: Readonly<Record<string, unknown>>) => {
    if (headers['grpc-status'] !== undefined) grpcStatus = String(headers['grpc-status']);
  };
  stream.on('error', () => {});
  stream.on('response', read);
  stream.on('trailers', read);
  stream.end(framed(service));
  const frame = await readBytes(stream, MAX_ANSWER);
  if (frame === undefined) return failure('the app answered with something that is no health');
  if (grpcStatus === undefined) return failure('the app does not answer as a gRPC server');
  if (grpcStatus !== OK)
    return failure(`the app answered with gRPC status ${/^\d{1,3}$/.exec(grpcStatus)?.[0] ?? '2'}`);
  return healthOf(frame) === SERVING
    ? ({ kind: 'success' } as const)
    : failure('the app says that it is not serving');
}

function framed(service: string): Buffer {
  const message =
    service === '' ? new Uint8Array() : protobuf.Writer.create().uint32(SERVICE_TAG).string(service).finish();
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Undefined = it cannot be read, or says nothing. */
function healthOf(frame: Buffer): number | undefined {
  try {
    const reader = protobuf.Reader.create(frame.subarray(PREFIX_BYTES));
    let status: number | undefined;
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === STATUS_TAG) status = reader.int32();
      else reader.skipType(tag & 7);
    }
    return frame[0] === 0 ? status : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a kubelet does for port-forwards, for a real API server that has no node: it leads to ports of this machine. A
 * WebSocket of subprotocol v4.channel.k8s.io (RFC 6455), whose messages begin with the number of a channel.
 */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { makeCertificate } from '../../dev/cluster/certificate.ts';

export interface FakeKubelet {
  /** The Node to be applied, and its status. */
  readonly node: object;
  readonly status: object;
  /** Requests so far, `pod port` each. */
  readonly forwarded: readonly string[];
  stop(): Promise<void>;
}

const DATA = 0;
const ERROR = 1;
const BINARY = 2;
const CLOSE = 8;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** @param ports by pod, namespace/name: where it leads; any other pod has ended. */
export async function startKubelet(
  name: string,
  ports: Readonly<Record<string, number>>,
): Promise<FakeKubelet> {
  const forwarded: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer(await makeCertificate(name));
  server.on('upgrade', (request, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    const [, namespace, pod] = /^\/portForward\/([^/]+)\/([^/?]+)/.exec(request.url ?? '') ?? [];
    const id = `${namespace}/${pod}`;
    forwarded.push(`${id} ${new URL(request.url ?? '', 'https://node').searchParams.get('port') ?? ''}`);
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`);
    socket.write(
      [
        ...['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'],
        `Sec-WebSocket-Accept: ${accept.digest('base64')}`,
        `Sec-WebSocket-Protocol: ${request.headers['sec-websocket-protocol']}`,
        ...['', ''],
      ].join('\r\n'),
    );
    forward(socket, ports[id]);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    node: { apiVersion: 'v1', kind: 'Node', metadata: { name } },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
    forwarded,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function forward(socket: Duplex, port: number | undefined): void {
  // Each channel begins with the number of the port.
  for (const channel of [DATA, ERROR]) socket.write(frame(BINARY, Buffer.from([channel, 0, 0])));
  if (port === undefined) {
    socket.write(frame(BINARY, Buffer.concat([Buffer.of(ERROR), Buffer.from('lost connection to pod')])));
    return;
  }
  const far = connect(port, '127.0.0.1');
  far.on('data', (data: Buffer) => socket.write(frame(BINARY, Buffer.concat([Buffer.of(DATA), data]))));
  far.on('error', () => {}).on('close', () => socket.end(frame(CLOSE, Buffer.alloc(0))));
  socket.on('close', () => far.destroy());
  const read = frameReader((opcode, payload) => {
    if (opcode === CLOSE) far.end();
    else if (payload[0] === DATA) far.write(payload.subarray(1));
  });
  socket.on('data', read);
}

/** A server's frames are not masked. */
function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  if (payload.length < 126) return Buffer.concat([Buffer.of(0x80 | opcode, payload.length), payload]);
  if (payload.length >= 65_536) return Buffer.concat([head, payload]);
  const middle = Buffer.of(0x80 | opcode, 126, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([middle, payload]);
}

/** A client's frames are masked; none of ours is in parts. */
function frameReader(onFrame: (opcode: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let size = sizeOf(rest); size !== undefined && size.end <= rest.length; size = sizeOf(rest)) {
      const mask = rest.subarray(size.start - 4, size.start);
      const payload = rest.subarray(size.start, size.end).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
      onFrame(rest.readUInt8(0) & 0x0f, Buffer.from(payload));
      rest = rest.subarray(size.end);
    }
  };
}

/** Where the payload of the first frame starts, and where it ends; undefined while that cannot be told. */
function sizeOf(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const more = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + more) return undefined;
  const length = more === 0 ? short : more === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 2 + more + 4;
  return { start, end: start + length };
}

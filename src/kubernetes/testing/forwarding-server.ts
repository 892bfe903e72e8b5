/** For tests: an API server that forwards ports over WebSockets (RFC 6455), as far as one answer needs it. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ApiServerConnection } from '../connection.ts';

export interface ForwardedPort {
  /** Of the request, from the root on. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** What has come on the data channel so far. */
  received(): string;
  /** Sends one message: the channel, then these bytes. */
  send(channel: number, ...bytes: readonly (string | Uint8Array)[]): void;
  /** Ends the WebSocket. */
  end(): void;
}

export interface ForwardingServer {
  readonly connection: ApiServerConnection;
  close(): Promise<void>;
}

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Of port 15903, little-endian. */
export const PORT_PREAMBLE = Buffer.of(0x1f, 0x3e);

/**
 * @param refuse status and body for a request that gets no WebSocket.
 * @param onData is called with each message.
 */
export async function startForwardingServer(parts: {
  readonly refuse?: (path: string) => readonly [number, object] | undefined;
  readonly onOpen?: (port: ForwardedPort) => void;
  readonly onData?: (port: ForwardedPort) => void;
}): Promise<ForwardingServer> {
  const { refuse = () => undefined, onOpen = () => {}, onData = () => {} } = parts;
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => {
    const [status, body] = refuse(request.url ?? '') ?? [400, { message: 'Upgrade request required' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const refused = refuse(request.url ?? '');
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 ${refused[0]} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${MAGIC}`)
      .digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'upgrade: websocket',
        'connection: Upgrade',
        `sec-websocket-accept: ${accept}`,
        'sec-websocket-protocol: v4.channel.k8s.io',
        '\r\n',
      ].join('\r\n'),
    );
    let received = '';
    const port: ForwardedPort = {
      path: request.url ?? '',
      headers: request.headers,
      received: () => received,
      send(channel, ...bytes) {
        socket.write(frame(2, Buffer.concat([Buffer.of(channel), ...bytes.map((one) => Buffer.from(one))])));
      },
      end: () => void socket.end(frame(8, Buffer.of(3, 232))),
    };
    onOpen(port);
    readFrames(socket, (payload) => {
      if (payload[0] !== 0) return;
      received += payload.subarray(1).toString('latin1');
      onData(port);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    connection: {
      server: `http://127.0.0.1:${port}`,
      proxy: undefined,
      namespace: undefined,
      credentials: () => Promise.resolve({ headers: { authorization: 'Bearer joe' }, tls: {} }),
      forget() {},
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Of a server: not masked. */
function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  if (payload.length < 126) {
    head[1] = payload.length;
    return Buffer.concat([head.subarray(0, 2), payload]);
  }
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** Of a client: masked, and short. */
function readFrames(socket: Duplex, onPayload: (payload: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      const short = (held[1] ?? 0) & 0x7f;
      const start = short === 126 ? 4 : 2;
      if (held.length < start + 4) return;
      const length = short === 126 ? held.readUInt16BE(2) : short;
      if (held.length < start + 4 + length) return;
      const mask = held.subarray(start, start + 4);
      const payload = held
        .subarray(start + 4, start + 4 + length)
        .map((byte, at) => byte ^ (mask[at % 4] ?? 0));
      const opcode = (held[0] ?? 0) & 0x0f;
      held = held.subarray(start + 4 + length);
      if (opcode === 8) return void socket.end(frame(8, Buffer.of(3, 232)));
      onPayload(Buffer.from(payload));
    }
  });
}

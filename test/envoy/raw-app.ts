/** An app that shows its bytes: what each of its connections has sent, and an answer by script. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawApp {
  readonly port: number;
  /** The bytes that came, by connection, in the order of the connections; a test may empty it. */
  readonly received: { text: string; readonly from: string | undefined }[];
  /** Called at all that comes, with all that the connection has sent so far. */
  answer: (socket: Socket, received: string) => void;
  stop(): void;
}

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** Says `bytes` to each request, once its headers are there, on a connection that ends with it. */
export const saying =
  (bytes: string): RawApp['answer'] =>
  (socket, received) => {
    if (received.includes('\r\n\r\n')) socket.end(bytes, 'latin1');
  };

export async function startRawApp(host = '127.0.0.1'): Promise<RawApp> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = { text: '', from: socket.remoteAddress };
    app.received.push(connection);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.once('end', () => socket.end());
    socket.setEncoding('latin1').on('data', (text: string) => {
      connection.text += text;
      app.answer(socket, connection.text);
    });
  }).listen(0, host);
  await once(server, 'listening');
  const app: RawApp = {
    port: (server.address() as AddressInfo).port,
    received: [],
    answer: saying(OK),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return app;
}

/** TCP and gRPC probes of real apps. */

import { createServer as createTcpServer } from 'node:net';
import { Server as GrpcServer, ServerCredentials, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answering, closedPort, listening, probe } from '../testing/probing.ts';

describe('a TCP probe', () => {
  it('connects, and no more', async () => {
    const received: Buffer[] = [];
    const port = await listening(
      createTcpServer((socket) =>
        socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => {}),
      ),
    );
    expect((await probe({ tcpSocket: { port } })).status).toBe(200);
    expect(received).toEqual([]);
  });
  it('fails where nobody listens', async () => {
    expect((await probe({ tcpSocket: { port: await closedPort() } })).status).toBe(503);
  });
});

describe('a gRPC probe', () => {
  const SERVING = 1;
  const NOT_SERVING = 2;
  /** A health server in which each service has its status. */
  async function health(statuses: Readonly<Record<string, number>>): Promise<number> {
    const server = new GrpcServer({ 'grpc.enable_channelz': 0 });
    onTestFinished(() => server.forceShutdown());
    const check = {
      path: '/grpc.health.v1.Health/Check',
      requestStream: false,
      responseStream: false,
      requestDeserialize: (bytes: Buffer) => {
        const reader = protobuf.Reader.create(bytes);
        if (reader.len > 0) reader.uint32();
        return { service: reader.len > 0 ? reader.string() : '' };
      },
      responseSerialize: (value: number) =>
        Buffer.from(protobuf.Writer.create().uint32(8).int32(value).finish()),
    };
    server.addService(
      { check: { ...check, requestSerialize: Buffer.from, responseDeserialize: Number } },
      {
        check: (
          call: { request: { service: string } },
          callback: (error: { code: number } | null, value?: number) => void,
        ) => {
          const found = statuses[call.request.service];
          if (found === undefined) callback({ code: status.NOT_FOUND });
          else callback(null, found);
        },
      },
    );
    return await new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
  }

  it.each([
    [undefined, 200, 'ok'],
    ['', 200, 'ok'],
    ['orders', 200, 'ok'],
    ['slow', 503, 'the app says that it is not serving'],
    ['unset', 503, 'the app says that it is not serving'],
    ['none', 503, 'the app answered with gRPC status 5'],
  ])('of the service %j is %i', async (service, seen, body) => {
    const port = await health({ '': SERVING, orders: SERVING, slow: NOT_SERVING, unset: 0 });
    const grpc = { port, ...(service !== undefined && { service }) };
    expect(await probe({ grpc })).toMatchObject({ status: seen, body: `${body}\n` });
  });

  it('fails where there is no health service, no gRPC, nobody', async () => {
    const server = new GrpcServer({ 'grpc.enable_channelz': 0 });
    onTestFinished(() => server.forceShutdown());
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    expect(await probe({ grpc: { port } })).toMatchObject({
      status: 503,
      body: 'the app answered with gRPC status 12\n',
    });
    expect((await probe({ grpc: { port: await answering(200) } })).status).toBe(503);
    expect((await probe({ grpc: { port: await closedPort() } })).status).toBe(503);
  });

  it('fails in time when nothing comes back', async () => {
    const port = await listening(createTcpServer((socket) => socket.resume().on('error', () => {})));
    expect(await probe({ grpc: { port }, timeoutSeconds: 1 })).toMatchObject({
      status: 503,
      body: 'the app did not answer within 1 s\n',
    });
  });
});

import { EventEmitter, once } from 'node:events';
import { type ClientRequest, createServer, Agent as HttpAgent, request } from 'node:http';
import { Agent, createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { followStages, type Stage } from './stages.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => void sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

function followed(asking: ClientRequest, host: string): Stage[] {
  const stages: Stage[] = [];
  followStages(asking, host, (stage) => stages.push(stage));
  asking.on('error', () => {}).end();
  cleanUps.push(() => asking.destroy());
  return stages;
}

it.each([
  ['127.0.0.1', ['connect', 'answer']],
  ['localhost', ['lookup', 'connect', 'answer']],
])('%s over plain HTTP', async (host, stages) => {
  const port = await listening(createServer(() => {}));
  const seen = followed(request({ host, port, family: 4 }), host);
  await expect.poll(() => seen).toEqual(stages);
});

it('a name that nothing answers for stays at its lookup', async () => {
  const asking = request({ host: 'silent.example', lookup: () => {} });
  const seen = followed(asking, 'silent.example');
  await once(asking, 'socket');
  expect(seen).toEqual(['lookup']);
});

it('a server that takes the connection and is mute stays at its handshake', async () => {
  const port = await listening(createRawServer((socket) => socket.resume()));
  const seen = followed(tlsRequest({ host: '127.0.0.1', port }), '127.0.0.1');
  await expect.poll(() => seen).toEqual(['connect', 'handshake']);
});

it('over TLS the handshake is a stage of the first request alone', async () => {
  const authority = await createAuthority('test');
  const server = createTlsServer(await authority.issue(['127.0.0.1']), (_, response) => response.end('ok'));
  const port = await listening(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUps.push(() => agent.destroy());
  const ask = async (): Promise<readonly Stage[]> => {
    const asking = tlsRequest({ host: '127.0.0.1', port, agent, ca: authority.certificate });
    const answered = once(asking, 'response');
    const seen = followed(asking, '127.0.0.1');
    const [answer] = await answered;
    await once(answer.resume(), 'end');
    return seen;
  };
  expect(await ask()).toEqual(['connect', 'handshake', 'answer']);
  expect(await ask()).toEqual(['answer']);
});

it('an IPv6 address in brackets is not looked up', () => {
  const asking = new EventEmitter() as ClientRequest;
  const seen: Stage[] = [];
  followStages(asking, '[fd00::1]', (stage) => seen.push(stage));
  expect(seen).toEqual([]);
  asking.emit('socket', Object.assign(new EventEmitter(), { connecting: true }));
  expect(seen).toEqual(['connect']);
});

it('a request that waits for a connection of the agent has no stage yet', async () => {
  const port = await listening(createServer(() => {}));
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
  cleanUps.push(() => agent.destroy());
  const first = followed(request({ host: '127.0.0.1', port, agent }), '127.0.0.1');
  const second = followed(request({ host: '127.0.0.1', port, agent }), '127.0.0.1');
  await expect.poll(() => first).toEqual(['connect', 'answer']);
  expect(second).toEqual([]);
});

// Answers that take their time come part by part, and last whatever becomes of policy and validators meanwhile.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';
import { type Connected, connect, machineAt } from './clients.ts';
import { DOORS, type Door } from './doors.ts';
import { FILES, manifests, OTHER, SCOPES } from './manifests.ts';
import type { Watching } from './tools.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

let idp: AuthorizationServer;
let world: McpWorld;
beforeAll(async () => {
  idp = await startAuthorizationServer(new Map([FILES, OTHER].map((one) => [one, SCOPES] as const)));
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});

const reach = (door: Door): Promise<Connected> =>
  connect({ url: FILES, port: world.port(door), provider: machineAt(idp.issuer) });

/** A call of `watch_file` from both ends. */
interface Stream {
  readonly server: Watching;
  /** How far the client has heard that it has come. */
  readonly heard: readonly number[];
  /** What it says in the end. */
  readonly said: Promise<unknown>;
  /** The client wants no answer any more. */
  abort(): void;
}

async function watch({ client }: Connected): Promise<Stream> {
  const heard: number[] = [];
  const leaving = new AbortController();
  const watched = world.tools.watched();
  const called = client.callTool(
    { name: 'watch_file', arguments: {} },
    { onprogress: ({ progress }) => heard.push(progress), signal: leaving.signal },
  );
  const said = called.then(
    ({ content }) => content,
    (error: unknown) => error,
  );
  return { server: await watched, heard, said, abort: () => leaving.abort() };
}

/** Tells the next of it, and waits for it to arrive. */
async function tell({ server, heard }: Stream, progress: number): Promise<void> {
  await server.tell(progress);
  await expect.poll(() => heard.at(-1)).toBe(progress);
}

async function finish({ server, said }: Stream): Promise<void> {
  server.finish();
  expect(await said).toEqual([{ type: 'text', text: 'All of it.' }]);
}

describe.each(DOORS)('by the %s', (door) => {
  it('what a tool says on its way comes at once', async () => {
    const stream = await watch(await reach(door));
    // The tool goes on only when its last word has come.
    for (const progress of [1, 2, 3]) await tell(stream, progress);
    await finish(stream);
    expect(stream.heard).toEqual([1, 2, 3]);
  });

  it('the server hears that the client wants no answer any more', async () => {
    const connected = await reach(door);
    const stream = await watch(connected);
    await tell(stream, 1);
    stream.abort();
    await stream.server.cancelled;
    expect(await stream.said).toBeInstanceOf(Error);
    expect(await connected.call('list_files')).toContain('notes.txt');
  });

  it('a subscription hears of a change while it is open', async () => {
    const { client } = await reach(door);
    const heard = Promise.withResolvers<void>();
    client.setNotificationHandler('notifications/tools/list_changed', () => heard.resolve());
    const subscription = await client.listen({ toolsListChanged: true });
    world.app.notify.toolsChanged();
    await heard.promise;
    await subscription.close();
  });
});

describe('by every door at once', () => {
  let clients: readonly Connected[];
  let streams: Stream[];
  beforeEach(async () => {
    clients = await Promise.all(DOORS.map(reach));
    streams = [];
    // One after the other: the server knows a call by its coming next.
    for (const client of clients) streams.push(await watch(client));
    for (const stream of streams) await tell(stream, 1);
  });

  const goOn = async (): Promise<void> => {
    for (const stream of streams) {
      await tell(stream, 2);
      await finish(stream);
    }
  };
  const listing = ({ call }: Connected): Promise<string> => call('list_files').catch(String);

  it('a stream lasts over a change of policy by which it would not begin any more', async () => {
    await world.replace(manifests({ issuer: idp.issuer, isClosed: true }));
    for (const client of clients) await expect.poll(() => listing(client)).toContain('access_denied');
    await goOn();
    await world.replace(manifests({ issuer: idp.issuer }));
    for (const client of clients) await expect.poll(() => listing(client)).toContain('notes.txt');
  });

  it('and over validators that are killed and started again', async () => {
    await world.restartValidators();
    await goOn();
    for (const client of clients) await expect.poll(() => listing(client)).toContain('notes.txt');
  });
});

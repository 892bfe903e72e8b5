import { once } from 'node:events';
import { createServer } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../test/support/server.ts';
import type { JsonObject } from '../base/json.ts';
import { settle } from '../base/testing/clock.ts';
import { change, raw } from '../cluster/testing/objects.ts';
import { failed } from '../kubernetes/errors.ts';
import { fakeTerm, type LeadingWorld, leadingWorld, SERVED } from './testing/leading.ts';

const SLICE = 'portcullis-policy';

let world: LeadingWorld;
beforeEach(async () => {
  world = await leadingWorld();
});

const source: JsonObject = raw('shop/login', { spec: { jwt: { issuer: 'https://login.example' } } });
const putSource = () => {
  world.loop.put([change('AuthenticationSource', 'shop/login', source)]);
  world.loop.flush();
};
const slices = () => world.written.filter(({ metadata }) => metadata.name === SLICE);
const isTaken = async (port: number): Promise<boolean> => {
  const server = createServer();
  const outcome = Promise.race([once(server, 'listening'), once(server, 'error')]);
  server.listen(port, '127.0.0.1');
  const taken = await outcome.then(
    ([error]) => error !== undefined,
    () => true,
  );
  if (!taken) await once(server.close(), 'close');
  return taken;
};

describe('a term', () => {
  it('begins with the cluster as it is, then the keys that were kept, and ends with nothing left', async () => {
    putSource();
    const term = fakeTerm();
    const leading = world.start(term);
    await world.serving();
    expect(slices()).toHaveLength(1);
    expect(world.fetched).toEqual(['https://login.example/.well-known/openid-configuration']);
    term.end();
    await leading.stop();
    expect([world.clock.due(), world.api.open(), world.bugs]).toEqual([[], 0, []]);
  });

  it.each(['before the cluster is read', 'before there is a certificate'] as const)(
    'that ends %s leaves nothing behind',
    async (when) => {
      putSource();
      const term = fakeTerm();
      const { promise, resolve } = Promise.withResolvers<void>();
      const certificates = () => promise.then(() => undefined);
      const cluster = { refresh: () => promise.then(() => true) };
      const leading = world.start(
        term,
        when === 'before there is a certificate' ? { certificates } : { cluster },
      );
      await settle();
      term.end();
      await leading.stop();
      resolve();
      await settle();
      expect([world.written, world.fetched, world.clock.due()]).toEqual([[], [], []]);
    },
  );

  it('that ends while kept keys are read fetches nothing, and listens nowhere', async () => {
    putSource();
    const [port = 0] = await freePorts(1);
    const answer = world.api.keepBack('ConfigMap');
    const term = fakeTerm();
    const leading = world.start(term, { policy: { host: '127.0.0.1', port } });
    await expect.poll(() => world.api.calls).toContain('list configmaps');
    term.end();
    const stopped = leading.stop();
    answer();
    await stopped;
    await settle();
    expect([world.fetched, slices(), world.clock.due()]).toEqual([[], [], []]);
    expect(await isTaken(port)).toBe(false);
  });

  it('that ends while it begins to listen leaves the port to the next one', async () => {
    const [port = 0] = await freePorts(1);
    for (let turns = 0; turns < 12; turns++) {
      const term = fakeTerm();
      const leading = world.start(term, { policy: { host: 'localhost', port } });
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      term.end();
      await leading.stop();
    }
    world.logged.length = 0;
    const leading = world.start(fakeTerm(), { policy: { host: 'localhost', port } });
    await world.serving();
    expect(world.bugs).toEqual([]);
    await leading.stop();
  });

  it('ends at once though the API server does not answer', async () => {
    world.answering(() => new Promise(() => {}));
    const term = fakeTerm();
    const leading = world.start(term);
    await settle();
    term.end();
    await leading.stop();
    expect(world.clock.due()).toEqual([]);
  });

  it('goes on trying what the API server refuses at first', async () => {
    world.answering(async () => failed('ServerError', 'busy'));
    const leading = world.start(fakeTerm());
    await expect.poll(() => world.logged).toContain('Could not publish where the leader is');
    expect(world.logged).not.toContain(SERVED);
    world.answering(() => undefined);
    await world.clock.advance(1000);
    await world.serving();
    await leading.stop();
  });

  it('serves as soon as a port that was taken is free', async () => {
    const [port = 0] = await freePorts(1);
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const leading = world.start(fakeTerm(), { policy: { host: '127.0.0.1', port } });
    await expect.poll(() => world.logged).toContain('Could not listen for validators');
    expect(world.logged).not.toContain(SERVED);
    expect(world.bugs).toEqual([]);
    await once(other.close(), 'close');
    await world.clock.advance(1000);
    await world.serving();
    await leading.stop();
  });
});

describe('where validators find the leader', () => {
  const slice = (port: number, address = '192.0.2.9') =>
    raw(`portcullis-system/${SLICE}`, {
      endpoints: [{ addresses: [address] }],
      ports: [{ name: 'policy', port }],
    });

  it('is written again when somebody else has written it, or removed it', async () => {
    const leading = world.start(fakeTerm());
    await world.serving();
    const [written] = slices();
    const ports = (written?.ports ?? []) as unknown as readonly { readonly port: number }[];
    const port = ports[0]?.port ?? 0;
    world.api.putRaw('endpointslices', slice(port, '192.0.2.1'));
    await settle();
    expect(slices()).toHaveLength(1);
    world.api.putRaw('endpointslices', slice(port));
    await expect.poll(() => slices()).toHaveLength(2);
    expect(slices()[1]).toEqual(written);
    world.api.removeRaw('endpointslices', `portcullis-system/${SLICE}`);
    await expect.poll(() => slices()).toHaveLength(3);
    await leading.stop();
  });

  it('is left alone by a leader of yesterday', async () => {
    const term = fakeTerm();
    const leading = world.start(term);
    await world.serving();
    term.end();
    world.api.putRaw('endpointslices', slice(1));
    await leading.stop();
    expect(slices()).toHaveLength(1);
  });
});

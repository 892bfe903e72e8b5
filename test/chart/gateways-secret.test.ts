/** Certificates of gateways' validators in a real API server: filled by the operator, and left alone by helm. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Installed, installed, namespace } from './installed.ts';
import { HOME } from './render.ts';

const SOON = { timeout: 45_000, interval: 100 };
const VALUES = {
  gateways: [{ gateway: 'edge/public' }, { gateway: 'edge/public', name: 'inner', namespace: 'edge' }],
};
const SECRETS = [
  [HOME, 'portcullis-gateway'],
  ['edge', 'inner'],
] as const;

let world: Installed;
beforeAll(async () => {
  world = await installed([namespace('edge', { 'portcullis.dev/injection': 'enabled' })]);
  await world.install(VALUES);
  await world.startOperator(SECRETS.flatMap((service) => ['--gateway-service', service.join('/')]));
});
afterAll(() => world?.stop());

/** One key of it, decoded; '' while it is not there. */
async function read(kind: string, place: string, name: string, key: string): Promise<string> {
  const jsonpath = `jsonpath={.data.${key.replace('.', '\\.')}}`;
  const text = await world.kubectl(['-n', place, 'get', kind, name, '-o', jsonpath]);
  return kind === 'secret' ? Buffer.from(text, 'base64').toString() : text;
}
const pair = async (place: string, service: string) => ({
  cert: await read('secret', place, `portcullis-tls-${service}`, 'tls.crt'),
  key: await read('secret', place, `portcullis-tls-${service}`, 'tls.key'),
});

describe.each(SECRETS)('in %s, the certificate of %s', (place, service) => {
  it('is taken by whoever trusts the ConfigMap beside it, for each of the names', async () => {
    await vi.waitFor(async () => expect((await pair(place, service)).key).not.toBe(''), SOON);
    const server = createServer(await pair(place, service), (socket) => socket.end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const ca = await read('configmap', place, 'portcullis-ca', 'ca.crt');
    for (const end of ['', '.svc', '.svc.cluster.local']) {
      const socket = connect({ host: '127.0.0.1', port, ca, servername: `${service}.${place}${end}` });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
    }
    server.close();
  });

  it('outlives an upgrade, and being applied from manifests', async () => {
    const before = await pair(place, service);
    await world.install({ ...VALUES, commonLabels: { team: place } });
    expect(await pair(place, service)).toEqual(before);
    const empty = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `portcullis-tls-${service}`, namespace: place },
    };
    const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    await world.kubectl(apply, JSON.stringify({ ...empty, type: 'Opaque' }));
    expect(await pair(place, service)).toEqual(before);
  });

  it('comes back when it is lost', async () => {
    const before = await pair(place, service);
    const lost = ['patch', 'secret', `portcullis-tls-${service}`, '--type=merge', '-p', '{"data": null}'];
    await world.kubectl(['-n', place, ...lost]);
    // It looks at once when namespaces change.
    await world.apply(namespace(`another-${place}`));
    await vi.waitFor(async () => expect((await pair(place, service)).key).not.toBe(''), SOON);
    expect(await pair(place, service)).not.toEqual(before);
  });
});

it('the operator was refused nothing, and made no Secret but its own', async () => {
  const asked = await world.asked();
  expect(asked.filter(({ code }) => code === 403)).toEqual([]);
  const made = asked.filter(({ what }) => what === 'create secrets').map(({ where }) => where);
  const own = ['ca', 'tls', 'webhook'].map((name) => `${HOME}/portcullis-${name}`);
  expect(new Set(made)).toEqual(new Set(own));
});

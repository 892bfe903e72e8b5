// A real Envoy, as `portcullis envoy-config` has it, and real validators: whoever cannot show who he is is not asked.

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startDemoApi } from '../../dev/api.ts';
import { get } from '../../dev/request.ts';
import { type Authority, type Certificate, createAuthority } from '../../src/issuers/testing/certificates.ts';
import { bindingText, sourceText } from '../../src/validator/testing/manifests.ts';
import { temporaryFolder } from '../support/server.ts';
import { token } from '../support/tokens.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { gateway, type Manager, printed, type Resources } from './gateway-stage.ts';
import { startEnvoy } from './harness.ts';

const PROTOCOLS = ['http', 'grpc'] as const;
const SOON = { timeout: 30_000, interval: 100 };
const UNAVAILABLE = { status: 503, headers: { 'retry-after': '1' } };
const joe = token({ claims: { iss: 'https://issuer.example', aud: 'api', sub: 'joe', exp: 4e9 } });

let ours: Authority;
let theirs: Authority;
let good: Guard;
let expired: Guard;
let misnamed: Guard;
let plain: Guard;
let api: Awaited<ReturnType<typeof startDemoApi>>;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
  api = await startDemoApi(0);
  ends.push(() => api.stop());
  [good, expired, misnamed, plain] = await Promise.all([
    guard(await ours.issue(['localhost'])),
    guard(await ours.issue(['localhost'], new Date('2021-01-01T00:00:00Z'))),
    guard(await ours.issue(['validator.example'])),
    guard(undefined),
  ]);
});
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Guard {
  readonly validator: Validator;
  /** Puts another pair in the place of its own. */
  show(pair: Certificate): Promise<void>;
}

async function guard(pair: Certificate | undefined): Promise<Guard> {
  const folder = await temporaryFolder('certificate');
  ends.push(() => folder.remove());
  const [cert, key] = [join(folder.path, 'tls.crt'), join(folder.path, 'tls.key')];
  const show = async (shown: Certificate): Promise<void> => {
    await replace(cert, shown.cert);
    await replace(key, shown.key);
  };
  if (pair !== undefined) await show(pair);
  const manifests = [sourceText(), bindingText('guarded', 'guarded.example', 'Required')].join('---\n');
  const flags = pair === undefined ? [] : ['--tls-cert', cert, '--tls-key', key];
  const validator = await startValidator({ manifests, flags });
  ends.push(() => validator.stop());
  return { validator, show };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

interface Edge {
  ask(): Promise<Awaited<ReturnType<typeof get>>>;
  trust(...authorities: readonly Authority[]): Promise<void>;
}

/** An Envoy that asks this validator, and trusts the authority; without one it asks in plain text. */
async function edge(
  { validator }: Guard,
  protocol: (typeof PROTOCOLS)[number],
  authority?: Authority,
): Promise<Edge> {
  const folder = await temporaryFolder('gateway');
  onTestFinished(() => folder.remove());
  const ca = join(folder.path, 'ca.crt');
  const trust = (...authorities: readonly Authority[]) =>
    replace(ca, authorities.map(({ certificate }) => certificate).join('\n'));
  if (authority !== undefined) await trust(authority);
  const args = ['--address', `localhost:${validator[protocol]}`, '--protocol', protocol];
  const tls = authority === undefined ? ['--tls', 'off'] : ['--tls', 'on', '--ca', ca];
  const pieces = await printed('envoy', ...args, ...tls);
  const [manager, resources, node = {}, secret] = pieces as [Manager, Resources, object?, object?];
  if (secret !== undefined) await writeFile(join(folder.path, 'ca.yaml'), JSON.stringify(secret));
  const envoy = await startEnvoy({ ...node, ...gateway(manager, resources, api.port) });
  onTestFinished(() => envoy.stop());
  const headers = { host: 'guarded.example', authorization: `Bearer ${joe}` };
  return { trust, ask: () => get(envoy.ports.edge ?? 0, '/orders', headers) };
}

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it('a validator that shows its certificate is asked', async () => {
    const { ask } = await edge(good, protocol, ours);
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).headers).toMatchObject({ 'x-auth-user': 'joe' });
  });

  it.each([
    ['one of another authority', () => good, () => theirs],
    ['one that has expired', () => expired, () => ours],
    ['one for another name', () => misnamed, () => ours],
    ['none', () => plain, () => ours],
    ['one, to an Envoy that speaks plain text', () => good, () => undefined],
  ])('a validator that shows %s is not asked, which is a refusal', async (_, shows, trusts) => {
    const { ask } = await edge(shows(), protocol, trusts());
    const answer = await ask();
    expect(answer).toMatchObject(UNAVAILABLE);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'authorization_unavailable' });
  });

  it('authorities and certificates change while both run, and no request is refused', async () => {
    const changing = await guard(await ours.issue(['localhost']));
    const { ask, trust } = await edge(changing, protocol, ours);
    const statuses: number[] = [];
    const asked = async () => void statuses.push((await ask()).status);
    await asked();
    // As the operator does it: the next authority is trusted before it signs.
    await trust(ours, theirs);
    await asked();
    await changing.show(await theirs.issue(['localhost']));
    await vi.waitFor(async () => {
      await asked();
      expect(changing.validator.server.logs.match(/"certificate in force"/g)).toHaveLength(2);
    }, SOON);
    await asked();
    expect(new Set(statuses)).toEqual(new Set([200]));
    // Whoever trusts the old one alone is no longer served by it.
    const behind = await edge(changing, protocol, ours);
    expect(await behind.ask()).toMatchObject(UNAVAILABLE);
    await behind.trust(theirs);
    await vi.waitFor(async () => expect((await behind.ask()).status).toBe(200), SOON);
  });
});

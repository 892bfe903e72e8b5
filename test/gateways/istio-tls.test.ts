// Istio asks over TLS: istiod hands the authorities in the ConfigMap portcullis-ca to its proxies, and follows it.

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoApi } from '../../dev/api.ts';
import { type Authority, type Certificate, createAuthority } from '../../src/issuers/testing/certificates.ts';
import { asking, contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { type Sent, send } from '../envoy/guarded.ts';
import { temporaryFolder } from '../support/server.ts';
import { startValidator } from '../support/validator.ts';
import { authorities, VALIDATOR_HOST } from './istio/objects.ts';
import { type IstioGateway, startIstio } from './istio/program.ts';

const SOON = { timeout: 60_000 };
const HTTP = ['--protocol', 'http', '--port', '443'];
const good = () => withToken(contractCases(Math.floor(Date.now() / 1000)).bearer());

let ours: Authority;
let theirs: Authority;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
});
afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Stage {
  readonly gateway: IstioGateway;
  /** Has the validator show another certificate. */
  show(pair: Certificate): Promise<void>;
  /** Puts these into the ConfigMap. */
  trust(...these: readonly Authority[]): Promise<unknown>;
  status(sent: Sent): Promise<number>;
}

async function stage(flags: readonly string[], trusted: Authority): Promise<Stage> {
  const folder = await temporaryFolder('certificate');
  ends.push(() => folder.remove());
  const [cert, key] = [join(folder.path, 'tls.crt'), join(folder.path, 'tls.key')];
  const show = async (shown: Certificate): Promise<void> => {
    await replace(cert, shown.cert);
    await replace(key, shown.key);
  };
  await show(await ours.issue([VALIDATOR_HOST]));
  const validator = await startValidator({
    manifests: MANIFESTS,
    flags: ['--tls-cert', cert, '--tls-key', key],
  });
  ends.push(() => validator.stop());
  const api = await startDemoApi(0);
  ends.push(() => api.stop());
  const { http, grpc } = validator;
  const gateway = await startIstio(
    { app: api.port, validator: { http: Number(http), grpc: Number(grpc) }, hosts: ['orders.example'] },
    { flags, authority: trusted.certificate },
  );
  ends.push(() => gateway.stop());
  return {
    gateway,
    show,
    trust: (...these) => gateway.apply(authorities(these.map(({ certificate }) => certificate).join('\n'))),
    status: async (sent) => (await send(gateway.port, sent)).status,
  };
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

describe.each([
  ['grpc', []],
  ['http', HTTP],
])('over %s', (_, flags) => {
  it('only who shows a certificate of an authority in the ConfigMap is asked', async () => {
    const { gateway, show, trust, status } = await stage(flags, theirs);
    for (const sent of [good(), asking('/healthz')]) expect(await status(sent)).toBe(503);
    const call = await send(gateway.port, asking('/healthz', ['content-type', 'application/grpc']));
    expect([call.headers['grpc-status'], call.body]).toEqual(['14', '']);
    await trust(ours);
    await expect.poll(() => status(good()), SOON).toBe(200);
    expect(await status(asking('/'))).toBe(401);
    // As the operator does it: the next authority is trusted before it signs.
    await trust(ours, theirs);
    expect(await status(good())).toBe(200);
    await show(await theirs.issue([VALIDATOR_HOST]));
    expect(await status(good())).toBe(200);
  });
});

// Gateways that ask in a form of their own ask over TLS, and nobody who cannot show who he is.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Certificate, createAuthority } from '../../src/issuers/testing/certificates.ts';
import { contractCases, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { startRawApp } from '../envoy/raw-app.ts';
import { temporaryFolder } from '../support/server.ts';
import { startValidator } from '../support/validator.ts';
import { caddy } from './caddy.ts';
import type { GatewayProgram } from './gateway.ts';
import { nginx } from './nginx.ts';
import { HOSTS } from './stage.ts';
import { traefik } from './traefik/program.ts';

/** Asks for the API, and for a resource's metadata, through the gateway; its validator shows this pair, and it trusts the authority. */
async function ask(program: GatewayProgram, pair: Certificate, authority: string) {
  const folder = await temporaryFolder('gateway-tls');
  onTestFinished(() => folder.remove());
  const file = async (name: string, text: string): Promise<string> => {
    const place = join(folder.path, name);
    await writeFile(place, text);
    return place;
  };
  const ca = await file('ca.crt', authority);
  const flags = [
    ...['--tls-cert', await file('tls.crt', pair.cert), '--tls-key', await file('tls.key', pair.key)],
    ...['--http', 'localhost:0'],
  ];
  const validator = await startValidator({ manifests: MANIFESTS, flags });
  onTestFinished(() => validator.stop());
  const app = await startRawApp();
  onTestFinished(() => app.stop());
  const { http, grpc } = validator;
  const gateway = await program.start({
    app: app.port,
    validator: { http: Number(http), grpc: Number(grpc), ca },
    hosts: HOSTS,
  });
  onTestFinished(() => gateway.stop());
  const { bearer } = contractCases(Math.floor(Date.now() / 1000));
  const { status } = await send(gateway.port, withToken(bearer()));
  const metadata = await send(gateway.port, {
    headers: [['host', 'mcp.example']],
    target: '/.well-known/oauth-protected-resource/mcp',
  });
  return { status, metadata: metadata.status, arrived: app.received.length };
}

describe.each([nginx, traefik, caddy])('$name', (program) => {
  it('asks a validator that shows its certificate', async () => {
    const ours = await createAuthority('ours');
    const answer = await ask(program, await ours.issue(['localhost']), ours.certificate);
    expect(answer).toEqual({ status: 200, metadata: 200, arrived: 1 });
  });

  it.each(['of another authority', 'for another name'])(
    'does not ask one that shows one %s',
    async (which) => {
      const [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
      const name = which === 'for another name' ? 'validator.example' : 'localhost';
      const trusted = which === 'of another authority' ? theirs : ours;
      const answer = await ask(program, await ours.issue([name]), trusted.certificate);
      expect(answer).toMatchObject({ status: program.traits.unavailable, arrived: 0 });
      expect(answer.metadata).toBeGreaterThanOrEqual(500);
    },
  );
});

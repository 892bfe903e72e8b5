/** Traefik, which follows a real API server that holds what `portcullis envoy-config --for traefik` prints. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { filesOfGoModule } from '../../../tools/go.ts';
import { type ApiServer, startApiServer } from '../../apiserver/harness.ts';
import { send } from '../../envoy/guarded.ts';
import { freePorts, Server } from '../../support/server.ts';
import type { GatewayParts, GatewayProgram, RunningGateway } from '../gateway.ts';
import { asked, blockOf, printedText } from '../printed.ts';
import { serving } from '../serving.ts';
import { traefikProgram } from './build.ts';

export const traefik: GatewayProgram = {
  name: 'Traefik',
  start: startTraefik,
  traits: {
    unavailable: 500,
    late: 500,
    unavailableProblem: false,
    trueReasonOf503: true,
    refusesItself: {
      request_malformed: 'it answers 400 to a doubled Host',
    },
    tidiesPaths: true,
    hidesUpgrade: true,
    handsOnOffers: true,
    servesMetadata: false,
    losesNamedHeaders: false,
  },
};

const MODULE = { module: 'github.com/traefik/traefik/v3', version: 'v3.7.13' } as const;
const CRDS = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';

async function startTraefik(parts: GatewayParts): Promise<RunningGateway> {
  const [program, crds] = await Promise.all([traefikProgram(), filesOfGoModule(MODULE, [CRDS])]);
  const server = await startApiServer();
  try {
    return await startAt(server, program, await readFile(join(crds, CRDS), 'utf8'), parts);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startAt(
  server: ApiServer,
  program: string,
  crds: string,
  { app, validator, hosts }: GatewayParts,
): Promise<RunningGateway> {
  const apply = async (documents: string): Promise<void> => {
    const applied = await server.kubectl(
      ['apply', '--server-side', '--validate=strict', '-n', 'shop', '-f', '-'],
      documents,
    );
    if (applied.code !== 0) throw new Error(applied.stderr);
  };
  await server.kubectl(['create', 'namespace', 'shop']);
  await apply(crds);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', '-'], crds);
  // It takes the authority from a Secret instead of a file.
  await apply(
    await printedText('traefik', ...asked(validator).filter((arg) => arg !== '--ca' && arg !== validator.ca)),
  );
  if (validator.ca !== undefined) {
    const secret = [
      'create',
      'secret',
      'generic',
      'portcullis-ca',
      '-n',
      'shop',
      `--from-file=ca.crt=${validator.ca}`,
    ];
    const made = await server.kubectl(secret);
    if (made.code !== 0) throw new Error(made.stderr);
  }
  await apply([await routeFor(hosts, app), appAt(app)].join('---\n'));
  const [port = 0] = await freePorts(1);
  const traefik = new Server({
    name: 'traefik',
    program,
    args: [
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      `--entrypoints.web.address=127.0.0.1:${port}`,
      '--providers.kubernetescrd=true',
      '--providers.kubernetescrd.allowexternalnameservices=true',
    ],
    env: { KUBECONFIG: server.kubeconfig },
  });
  const isRouted = async () => (await send(port, { headers: [['host', hosts[0] ?? '']] })).status !== 404;
  return serving(traefik, port, () => server.stop(), isRouted);
}

/** The route of the page, for all of these hosts. Of a Service with an external name, Traefik takes the port as it is. */
async function routeFor(hosts: readonly string[], port: number): Promise<string> {
  const match = hosts.map((host) => `Host(\`${host}\`)`).join(' || ');
  const route = await blockOf('traefik', 'yaml', 'IngressRoute');
  return route.replace('Host(`orders.example`)', match).replace('port: 80', `port: ${port}`);
}

/** A Service for an app that is on this machine. */
const appAt = (port: number): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { type: 'ExternalName', externalName: '127.0.0.1', ports: [{ port }] },
  });

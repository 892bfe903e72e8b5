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
    servesMetadata: true,
    losesNamedHeaders: false,
  },
};

/** The namespace. */
const VALIDATORS = 'portcullis-system';

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
  const apply = async (documents: string, namespace = 'shop'): Promise<void> => {
    const applied = await server.kubectl(
      ['apply', '--server-side', '--validate=strict', '-n', namespace, '-f', '-'],
      documents,
    );
    if (applied.code !== 0) throw new Error(applied.stderr);
  };
  for (const namespace of ['shop', VALIDATORS]) await server.kubectl(['create', 'namespace', namespace]);
  await apply(crds);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', '-'], crds);
  // It takes the authority from a Secret instead of a file.
  await apply(
    await printedText('traefik', ...asked(validator).filter((arg) => arg !== '--ca' && arg !== validator.ca)),
  );
  if (validator.ca !== undefined) {
    for (const [kind, namespace] of [
      ['secret generic', 'shop'],
      ['configmap', VALIDATORS],
    ] as const) {
      const args = [
        ...kind.split(' '),
        'portcullis-ca',
        '-n',
        namespace,
        `--from-file=ca.crt=${validator.ca}`,
      ];
      const made = await server.kubectl(['create', ...args]);
      if (made.code !== 0) throw new Error(made.stderr);
    }
  }
  await apply([await routeFor(hosts, app), serviceAt('shop', 'orders', app)].join('---\n'));
  await apply(await metadataRoute(validator), VALIDATORS);
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
  const route = await blockOf('traefik', 'yaml', 'name: orders');
  return route.replace('Host(`orders.example`)', match).replace('port: 80', `port: ${port}`);
}

/** The route of the page to a resource's metadata, and a Service for the validator. */
async function metadataRoute({ http, ca }: GatewayParts['validator']): Promise<string> {
  const page = (await blockOf('traefik', 'yaml', 'files-metadata'))
    .replace('Host(`files.example`)', 'Host(`mcp.example`)')
    .replace('port: 9001', `port: ${http}`)
    .replace(/serverName: .*/, 'serverName: localhost');
  const route =
    ca === undefined
      ? page.replace('scheme: https, serversTransport: resource-metadata', 'scheme: http')
      : page;
  return [route, serviceAt(VALIDATORS, 'portcullis-gateway', http)].join('---\n');
}

/** A Service for what is on this machine. */
const serviceAt = (namespace: string, name: string, port: number): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'ExternalName', externalName: '127.0.0.1', ports: [{ port }] },
  });

/**
 * The chart, installed by helm into a real API server that writes an audit log, and the operator as a process that has
 * nothing but its service account's own token.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/base/json.ts';
import { type ApiServer, kubectlOf, startApiServer } from '../apiserver/harness.ts';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import { CHART, HOME, helm } from './render.ts';

const OPERATOR = `system:serviceaccount:${HOME}:portcullis-operator`;

/** One request, as the audit log has it. */
interface Audited {
  readonly user: string;
  /** `list secrets`, `patch apps/deployments`, `patch portcullis.dev/apibindings/status`. */
  readonly what: string;
  /** `namespace/name`, or one of them, or nothing. */
  readonly where: string;
  readonly code: number;
}

export interface Installed {
  readonly server: ApiServer;
  /** Path of a kubeconfig with the service account's token. */
  readonly kubeconfig: string;
  readonly ports: { readonly webhook: number; readonly policy: number; readonly admin: number };
  /** kubectl as the administrator; throws where it fails. */
  kubectl(args: readonly string[], stdin?: string): Promise<string>;
  /** Until a condition of objects holds. */
  wait(condition: string, ...what: readonly string[]): Promise<string>;
  apply(...objects: readonly JsonObject[]): Promise<string>;
  /** `helm upgrade --install` of the chart, with more arguments. */
  install(values: JsonObject, ...more: readonly string[]): Promise<void>;
  /** All requests of the operator that are answered by now. */
  asked(): Promise<readonly Audited[]>;
  startOperator(args?: readonly string[]): Promise<Server>;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('../../src/operator/main.ts', import.meta.url));

/** @param namespaces made before, besides the control plane's own. */
export async function installed(namespaces: readonly JsonObject[]): Promise<Installed> {
  const folder = await temporaryFolder('chart');
  const log = path.join(folder.path, 'audit.log');
  const policy = path.join(folder.path, 'audit.json');
  const rules = [{ level: 'Metadata', omitStages: ['RequestReceived'] }];
  await writeFile(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  const server = await startApiServer([
    `--audit-policy-file=${policy}`,
    `--audit-log-path=${log}`,
    '--audit-log-mode=blocking',
  ]);
  const started: Server[] = [];
  const [webhook = 0, policyPort = 0, admin = 0] = await freePorts(3);
  const ports = { webhook, policy: policyPort, admin };
  const kubeconfig = path.join(folder.path, 'kubeconfig');

  const kubectl = kubectlOf(server);
  const apply = (...objects: readonly JsonObject[]) =>
    kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));

  const world: Installed = {
    server,
    kubeconfig,
    ports,
    kubectl,
    wait: (condition, ...what) => kubectl(['wait', `--for=${condition}`, '--timeout=45s', ...what]),
    apply,
    async install(values, ...more) {
      const args = ['upgrade', '--install', 'portcullis', CHART, '--namespace', HOME, '--values', '-'];
      const { code, stderr } = await helm([...args, ...more], JSON.stringify(values), server.kubeconfig);
      if (code !== 0) throw new Error(stderr);
    },
    async asked() {
      // The last line may still be on its way.
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
      return lines.map(readLine).filter(({ user }) => user === OPERATOR);
    },
    async startOperator(more = []) {
      const token = await kubectl(['-n', HOME, 'create', 'token', 'portcullis-operator']);
      await writeFile(kubeconfig, await kubeconfigOf(server, token.trim()), { mode: 0o600 });
      const operator = new Server({
        name: 'operator',
        program: process.execPath,
        args: [
          ...[main, 'operator', `--namespace=${HOME}`, `--webhook=127.0.0.1:${webhook}`],
          ...[`--policy=127.0.0.1:${policyPort}`, `--admin=127.0.0.1:${admin}`, ...more],
        ],
        // An EndpointSlice takes no loopback address.
        env: { KUBECONFIG: kubeconfig, POD_NAME: 'operator-0', POD_NAMESPACE: HOME, POD_IP: '192.0.2.10' },
      });
      started.push(operator);
      await operator.until('ready', 60, async () => {
        const response = await fetch(`http://127.0.0.1:${admin}/readyz`);
        return response.ok && operator.logs.includes('Served policies') ? true : undefined;
      });
      return operator;
    },
    async stop() {
      for (const one of started) await one.stop();
      await server.stop();
      await folder.remove();
    },
  };
  await apply(namespace(HOME), ...namespaces);
  return world;
}

export const namespace = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** The API server calls the Service's webhooks: through an external name, for there is no proxy for Services here. */
export async function leadWebhookTo(world: Installed, configuration: string): Promise<void> {
  const { kubectl, ports } = world;
  const service = JSON.stringify({ spec: { type: 'ExternalName', externalName: 'localhost' } });
  await kubectl(['-n', HOME, 'patch', 'service', 'portcullis-webhook', '--type=merge', '-p', service]);
  for (const kind of ['validatingwebhookconfiguration', 'mutatingwebhookconfiguration']) {
    const names = await kubectl(['get', kind, configuration, '-o', 'jsonpath={.webhooks[*].name}']);
    const patch = names.split(' ').map((_, index) => {
      const place = `/webhooks/${index}/clientConfig/service/port`;
      return { op: 'replace', path: place, value: ports.webhook };
    });
    await kubectl(['patch', kind, configuration, '--type=json', '-p', JSON.stringify(patch)]);
  }
}

async function kubeconfigOf(server: ApiServer, token: string): Promise<string> {
  return (await readFile(server.kubeconfig, 'utf8')).replaceAll(server.token, token);
}

interface AuditLine {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

function readLine(line: string): Audited {
  const { verb, user, requestURI, objectRef, responseStatus } = JSON.parse(line) as AuditLine;
  const { apiGroup, resource, subresource, namespace: place, name } = objectRef ?? { resource: '' };
  const kind = [apiGroup, resource, subresource].filter((part) => part !== undefined).join('/');
  return {
    user: user.username,
    what: `${verb} ${objectRef === undefined ? requestURI : kind}`,
    where: [place, name].filter((part) => part !== undefined).join('/'),
    code: responseStatus?.code ?? 0,
  };
}

/** Validators of a control plane as processes of their own. */

import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RESOURCES } from '../../src/operator/resources.ts';
import { CHECK_PREFIX } from '../../src/sidecar/check-forms.ts';
import type { Connected } from '../apiserver/connect.ts';
import { type Received, send } from '../envoy/guarded.ts';
import type { Server } from '../support/server.ts';
import { HOME, SHOP } from './shop.ts';

export const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Seconds to come up, on a machine that may be busy. */
export const START_LIMIT = 60;
/** The name that certificates are made out to. */
const POLICY_HOST = `portcullis-policy.${HOME}.svc`;

/** Stands in for the cluster's DNS. */
const RESOLVER = `data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  const { lookup } = dns;
  dns.lookup = (host, ...rest) => lookup(host === '${POLICY_HOST}' ? '127.0.0.1' : host, ...rest);
`)}`;

export interface ValidatorProcess {
  readonly server: Server;
  /** A request with this token, as Envoy would ask. */
  ask(token: string | undefined, host?: string): Promise<Received>;
  /** The realm of the binding in force: tests number their changes by it. */
  realm(): Promise<string | undefined>;
  /** The keys in force, by their ids. */
  keys(): Promise<readonly string[]>;
  version(): Promise<string | undefined>;
  /** As Prometheus reads it. */
  metrics(): Promise<string>;
  ready(): Promise<void>;
}

export interface ValidatorParts {
  /** Its name. */
  readonly pod: string;
  readonly token: string;
  /** Where policies are to be had. */
  readonly port: number;
  readonly admin: Connected;
  /** For its files. */
  readonly folder: string;
  readonly start: (name: string, args: readonly string[], env: Readonly<Record<string, string>>) => Server;
}

export async function startValidator(parts: ValidatorParts): Promise<ValidatorProcess> {
  const { pod, token, port, admin, folder, start } = parts;
  const at = path.join(folder, pod);
  const state = path.join(at, 'state');
  await mkdir(state, { recursive: true });
  writeFileSync(path.join(at, 'token'), token);
  const writeAuthorities = async () => {
    const answer = await admin.client.get(RESOURCES.ConfigMap, {
      namespace: SHOP,
      name: 'portcullis-ca',
    });
    const data = answer.kind === 'ok' ? answer.value.data : undefined;
    if (typeof data !== 'object' || data === null || !('ca.crt' in data)) return undefined;
    writeFileSync(path.join(at, 'ca.crt'), String(data['ca.crt']));
    return true;
  };
  const server = start(
    pod,
    [
      ...['--import', RESOLVER, program, 'validator', '--control-plane', `https://${POLICY_HOST}:${port}`],
      ...['--http', '127.0.0.1:0', '--grpc', 'off', '--admin', '127.0.0.1:0'],
    ],
    {
      PORTCULLIS_TOKEN_FILE: path.join(at, 'token'),
      PORTCULLIS_CA_FILE: path.join(at, 'ca.crt'),
      PORTCULLIS_STATE_DIR: state,
    },
  );
  // As the kubelet does, which is not there.
  await server.until('given its authorities', START_LIMIT, writeAuthorities);
  const serving = await server.until('serving', START_LIMIT, async () =>
    lines(server.logs).find(({ msg }) => msg === 'serving'),
  );
  const http = portIn(serving.http);
  const page = portIn(serving.admin);
  const policy = async (): Promise<PolicyPage | undefined> => {
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${page}/policy`);
      const text = await response.text();
      // It is told five times a second, and tests ask more often.
      if (response.status === 503) await sleep(50);
      else return response.ok ? (JSON.parse(text) as PolicyPage) : undefined;
    }
  };
  return {
    server,
    ask: (bearer, host = 'orders.example') =>
      send(http, {
        target: `${CHECK_PREFIX}/`,
        headers: [
          ['host', host],
          ...(bearer === undefined ? [] : [['authorization', `Bearer ${bearer}`] as const]),
        ],
      }),
    realm: async () => (await policy())?.bindings[0]?.judgement.realm,
    keys: async () =>
      (await policy())?.sources.flatMap(({ keys }) => keys.keys?.map(({ kid }) => kid ?? '') ?? []) ?? [],
    version: async () => (await policy())?.version,
    metrics: async () => (await fetch(`http://127.0.0.1:${page}/metrics`)).text(),
    ready: () => isReady(server, page),
  };
}

interface PolicyPage {
  readonly version: string;
  readonly bindings: readonly { readonly judgement: { readonly realm: string } }[];
  readonly sources: readonly { readonly keys: { readonly keys?: readonly { readonly kid?: string }[] } }[];
}

export function lines(logs: string): readonly Readonly<Record<string, unknown>>[] {
  return logs.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [];
    } catch {
      return []; // half a line
    }
  });
}

const portIn = (address: unknown): number => Number(String(address).split(':').at(-1));

export async function isReady(server: Server, port: number): Promise<void> {
  await server.until('ready', START_LIMIT, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return true;
  });
}

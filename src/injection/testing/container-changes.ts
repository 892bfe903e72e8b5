/** How others change our containers: what must be found, and what every cluster may do. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { listAt, objectAt } from '../../base/members.ts';
import { mapObjects } from '../members.ts';
import { specOf } from './pods.ts';

export type Change = (one: JsonObject) => JsonObject;

/** The pod with one of our containers changed. */
export function withOwn(value: JsonObject, name: string, change: Change): JsonObject {
  const initContainers = mapObjects(specOf(value).initContainers, (one) =>
    one.name === name ? { ...one, ...change(one) } : one,
  );
  return { ...value, spec: { ...specOf(value), initContainers: initContainers ?? [] } };
}

/** As Kubernetes mounts it everywhere. */
export const API_TOKEN: JsonObject = {
  name: 'kube-api-access-x7k2p',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

export const plus =
  (member: string, ...items: readonly JsonValue[]): Change =>
  (one) => ({ [member]: [...listAt(one[member]), ...items] });
const secured =
  (members: JsonObject): Change =>
  ({ securityContext }) => ({ securityContext: { ...objectAt(securityContext), ...members } });

/** The rule's field, and how somebody changes it: of each of our containers. */
export const HARMFUL: readonly (readonly [field: string, change: Change])[] = [
  ['env NODE_OPTIONS', plus('env', { name: 'NODE_OPTIONS', value: '--import=data:text/javascript,' })],
  ['env LD_PRELOAD', plus('env', { name: 'LD_PRELOAD', value: '/agent/lib.so' })],
  ['env OTEL_SERVICE_NAME', plus('env', { name: 'OTEL_SERVICE_NAME', value: 'orders' })],
  ['env DD_AGENT_HOST', plus('env', { name: 'DD_AGENT_HOST', valueFrom: { fieldRef: { fieldPath: 'a' } } })],
  ['env NODE_EXTRA_CA_CERTS', plus('env', { name: 'NODE_EXTRA_CA_CERTS', value: '/ca' })],
  ['env NODE_USE_ENV_PROXY', plus('env', { name: 'NODE_USE_ENV_PROXY', value: '1' })],
  [
    'env HTTPS_PROXY',
    plus('env', { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }),
  ],
  ['env KUBERNETES', plus('env', { name: 'KUBERNETES', value: '1' })],
  ['envFrom', () => ({ envFrom: [{ configMapRef: { name: 'other' } }] })],
  ['volumeMount /agent', plus('volumeMounts', { name: 'agent', mountPath: '/agent', readOnly: true })],
  ['volumeMount /usr/local/bin', plus('volumeMounts', { name: 'agent', mountPath: '/usr/local/bin' })],
  [
    'volumeMount /var/run/secrets/kubernetes.io/serviceaccount',
    plus('volumeMounts', { name: 'a', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }),
  ],
  [
    'volumeMount /var/run/secrets/kubernetes.io/serviceaccount/..',
    plus('volumeMounts', {
      name: 'a',
      readOnly: true,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount/..',
    }),
  ],
  ['volumeDevices', () => ({ volumeDevices: [{ name: 'a', devicePath: '/dev/a' }] })],
  ['securityContext.appArmorProfile', secured({ appArmorProfile: { type: 'Unconfined' } })],
  ['securityContext.seLinuxOptions', secured({ seLinuxOptions: { type: 'spc_t' } })],
  ['securityContext.seccompProfile', secured({ seccompProfile: { type: 'Unconfined' } })],
  ['securityContext.procMount', secured({ procMount: 'Unmasked' })],
  ['securityContext.privileged', secured({ privileged: true })],
  ['securityContext.runAsUser', secured({ runAsUser: 1000 })],
  ['securityContext.readOnlyRootFilesystem', secured({ readOnlyRootFilesystem: false })],
  ['securityContext.windowsOptions', secured({ windowsOptions: { hostProcess: true } })],
  ['securityContext.capabilities', secured({ capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } })],
  ['securityContext', () => ({ securityContext: {} })],
  ['resources.limits.vendor.example/agent', () => ({ resources: { limits: { 'vendor.example/agent': 1 } } })],
  ['resources.claims', () => ({ resources: { claims: [{ name: 'agent' }] } })],
  ['command', () => ({ command: ['sh', '-c', 'exec other'] })],
  ['args', plus('args', '--other')],
  ['workingDir', () => ({ workingDir: '/agent' })],
  ['ports', plus('ports', { name: 'other', containerPort: 9999 })],
  ['lifecycle', () => ({ lifecycle: { postStart: { exec: { command: ['other'] } } } })],
  ['livenessProbe', () => ({ livenessProbe: { exec: { command: ['other'] } } })],
  ['readinessProbe', () => ({ readinessProbe: { httpGet: { port: 1, path: '/' } } })],
  ['startupProbe', () => ({ startupProbe: { grpc: { port: 1 } } })],
  ['restartPolicyRules', () => ({ restartPolicyRules: [{ action: 'Restart' }] })],
  ['terminationMessagePath', () => ({ terminationMessagePath: '/var/run/portcullis/state/policy' })],
  ['terminationMessagePolicy', () => ({ terminationMessagePolicy: 'FallbackToLogsOnError' })],
  ['stdin', () => ({ stdin: true })],
  ['tty', () => ({ tty: true })],
  ['a-member-to-come', () => ({ 'a-member-to-come': 'x' })],
];

export const HARMLESS: readonly (readonly [what: string, change: Change])[] = [
  ['the token of its ServiceAccount', plus('volumeMounts', API_TOKEN)],
  [
    'an identity of its cloud',
    (one) => ({
      ...plus('env', { name: 'AWS_ROLE_ARN', value: 'arn:x' }, { name: 'AZURE_CLIENT_ID', value: 'x' })(one),
      ...plus('volumeMounts', {
        name: 'aws-iam-token',
        readOnly: true,
        mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
      })(one),
    }),
  ],
  [
    'what a cloud says of its API server, and proxies',
    plus(
      'env',
      ...['KUBERNETES_SERVICE_HOST', 'KUBERNETES_PORT_443_TCP', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].map(
        (name) => ({ name, value: 'x' }),
      ),
      ...['http_proxy', 'https_proxy', 'no_proxy'].map((name) => ({ name, value: 'x' })),
    ),
  ],
  ['quotas', () => ({ resources: { requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1Gi' } } })],
  ['another pull policy', () => ({ imagePullPolicy: 'Always' })],
  [
    'fewer rights',
    ({ securityContext }) => {
      const { drop, ...capabilities } = objectAt(objectAt(securityContext).capabilities);
      return secured({ capabilities: { ...capabilities, drop: [...listAt(drop), 'MKNOD'] } })({
        securityContext: securityContext ?? {},
      });
    },
  ],
  [
    'its defaults written out',
    () => ({ terminationMessagePolicy: 'File', resizePolicy: [{ resourceName: 'cpu' }] }),
  ],
];

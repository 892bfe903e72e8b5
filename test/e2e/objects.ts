/** Manifests of the tests: workloads of the agent's app, and what guards them. */

import type { JsonObject, JsonValue } from '../../src/base/json.ts';

/** The ConfigMap with the agent, in each namespace that runs it. */
export const AGENT = 'agent';

export interface AppOptions {
  readonly name: string;
  readonly namespace: string;
  /** Of the product, which has Node.js in it. */
  readonly image: string;
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly replicas?: number;
  /** What its answers carry as `x-version`. */
  readonly version?: string;
  /** Merged into the pod's spec. */
  readonly spec?: JsonObject;
}

/** The app's HTTP/1.1 port, and the one where it speaks HTTP/2 and gRPC. */
export const PORT = 8080;
export const GRPC_PORT = 9090;

export const appContainer = ({
  image,
  version = 'v1',
}: Pick<AppOptions, 'image' | 'version'>): JsonObject => ({
  name: 'app',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['node', '/agent/agent.cjs', 'app', String(PORT), String(GRPC_PORT)],
  env: [{ name: 'APP_VERSION', value: version }],
  ports: [
    { name: 'http', containerPort: PORT },
    { name: 'grpc', containerPort: GRPC_PORT },
  ],
  readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 1, failureThreshold: 1 },
  // Who was told of the pod before it is to go may still call it.
  lifecycle: { preStop: { sleep: { seconds: 3 } } },
  volumeMounts: [{ name: AGENT, mountPath: '/agent' }],
});

/** A pod template. */
export function appPod(options: AppOptions): JsonObject {
  const { name, labels = {}, annotations = {}, spec = {} } = options;
  return {
    metadata: { labels: { app: name, ...labels }, annotations },
    spec: {
      terminationGracePeriodSeconds: 20,
      containers: [appContainer(options)],
      volumes: [{ name: AGENT, configMap: { name: AGENT } }],
      ...spec,
    },
  };
}

export function appDeployment(options: AppOptions): JsonObject {
  const { name, namespace, replicas = 1 } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      // Replicas need not wait for each other.
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '100%' } },
      template: appPod(options),
    },
  };
}

export interface ServiceOptions {
  /** Default: by name, as the pod calls it. */
  readonly targetPort?: JsonValue;
  readonly type?: 'ClusterIP' | 'NodePort';
}

export function appService(name: string, namespace: string, options: ServiceOptions = {}): JsonObject {
  const { targetPort = 'http', type = 'ClusterIP' } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type,
      ipFamilyPolicy: 'PreferDualStack',
      selector: { app: name },
      ports: [
        { name: 'http', port: 80, targetPort, appProtocol: 'http' },
        { name: 'grpc', port: 81, targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' },
      ],
    },
  };
}

export const ours = (kind: string, namespace: string, name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind,
  metadata: { name, namespace },
  spec,
});

export const source = (namespace: string, name: string, jwt: JsonObject): JsonObject =>
  ours('AuthenticationSource', namespace, name, { jwt });

/** Guards the Service of its name. */
export const binding = (namespace: string, name: string, spec: JsonObject): JsonObject =>
  ours('ApiBinding', namespace, name, { targetRefs: [{ kind: 'Service', name }], ...spec });

export const enabledNamespace = (name: string, annotations: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'portcullis.dev/injection': 'enabled' }, annotations },
});

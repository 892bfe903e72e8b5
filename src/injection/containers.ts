/** The containers that are put into a pod. */

import type { JsonObject } from '../base/json.ts';
import {
  BOOTSTRAP_FILE,
  DRAIN_PATH,
  ENVOY_SETTINGS,
  HOOK_KEY,
  POD_ADDRESS,
  PROBE_TARGETS,
} from '../sidecar/settings.ts';
import type { CaptureMode } from './capture-mode.ts';
import type { CheckPorts } from './check-ports.ts';
import type { EnvoyChoices } from './envoy-choices.ts';
import {
  envoyVariable,
  hookPage,
  type PortListener,
  type ProbeToMake,
  probePage,
  probesVariable,
} from './handover.ts';
import {
  ADMIN_PORT,
  BOOTSTRAP_PATH,
  CAPTURE_CONTAINER,
  ENVOY_CONTAINER,
  PROBE_PORT,
  SOCKET_PATH,
  VALIDATOR_CONTAINER,
} from './layout.ts';
import type { InjectionSettings } from './request.ts';
import type { SidecarResources } from './resources.ts';
import type { SidecarUsers } from './users.ts';
import { envoyMounts, validatorMounts } from './volumes.ts';

export interface ContainerParts {
  readonly capture: CaptureMode;
  /** Of a validator with capture None. */
  readonly checkPorts: CheckPorts;
  /** By ascending port; none with capture None. */
  readonly listeners: readonly PortListener[];
  readonly probes: readonly ProbeToMake[];
  /** What the kubelet shows with a hook. */
  readonly hookKey: string;
  readonly resources: SidecarResources;
  readonly choices: EnvoyChoices;
  readonly users: SidecarUsers;
  readonly settings: InjectionSettings;
  /** Of their security contexts, by the pod's own. */
  readonly profiles: JsonObject;
}

/** All are init containers, in the order in which they start. */
export function ownContainers(parts: ContainerParts): readonly JsonObject[] {
  switch (parts.capture) {
    case 'Redirect':
      return [captureContainer(parts), validatorContainer(parts), envoyContainer(parts)];
    case 'NamedPort':
      return [validatorContainer(parts), envoyContainer(parts)];
    case 'None':
      return [validatorContainer(parts)];
  }
}

/** Ends when the pod's inbound traffic goes to Envoy. Its root can do nothing but that. */
function captureContainer({ listeners, resources, settings, profiles }: ContainerParts): JsonObject {
  return {
    name: CAPTURE_CONTAINER,
    ...image(settings.image, settings),
    args: ['capture', ...listeners.map(({ port, listener }) => `${port}=${listener}`)],
    resources: resources.capture,
    securityContext: {
      ...hardened(0, profiles),
      runAsNonRoot: false,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
    },
  };
}

function validatorContainer(parts: ContainerParts): JsonObject {
  const { capture, checkPorts, listeners, probes, hookKey, resources, choices, users, settings, profiles } =
    parts;
  const withEnvoy = capture !== 'None';
  const addresses = withEnvoy
    ? [`--http=unix:${SOCKET_PATH}`, '--grpc=off']
    : [`--http=127.0.0.1:${checkPorts.http}`, `--grpc=127.0.0.1:${checkPorts.grpc}`];
  return {
    name: VALIDATOR_CONTAINER,
    ...image(settings.image, settings),
    restartPolicy: 'Always',
    args: [
      'validator',
      `--control-plane=${settings.controlPlane}`,
      ...addresses,
      `--admin=127.0.0.1:${ADMIN_PORT}`,
      `--probes=[::]:${PROBE_PORT}`,
    ],
    env: [
      ...(withEnvoy
        ? [
            { name: BOOTSTRAP_FILE, value: BOOTSTRAP_PATH },
            { name: ENVOY_SETTINGS, value: envoyVariable(listeners, resources.envoyMemory, choices) },
            { name: HOOK_KEY, value: hookKey },
            { name: POD_ADDRESS, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
          ]
        : []),
      ...(probes.length > 0 ? [{ name: PROBE_TARGETS, value: probesVariable(probes) }] : []),
    ],
    // The next container starts when this succeeds: Envoy's bootstrap is written then.
    startupProbe: {
      httpGet: probePage('/startupz'),
      ...STARTING,
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 120,
    },
    readinessProbe: {
      httpGet: probePage('/readyz'),
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    livenessProbe: {
      httpGet: probePage('/healthz'),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    resources: resources.validator,
    securityContext: hardened(users.validator, profiles),
    volumeMounts: validatorMounts(withEnvoy),
  };
}

/** A probe before the first second is over would fail, and each failure is a Warning among the pod's Events. */
const STARTING: JsonObject = { initialDelaySeconds: 1 };

function envoyContainer({
  listeners,
  hookKey,
  resources,
  users,
  settings,
  profiles,
}: ContainerParts): JsonObject {
  const names = listeners.flatMap(({ names: moved, listener }) =>
    moved.map((name) => ({ name, containerPort: listener, protocol: 'TCP' })),
  );
  const [first] = listeners;
  const listens = first && { tcpSocket: { port: first.listener } };
  return {
    name: ENVOY_CONTAINER,
    ...image(settings.envoyImage, settings),
    restartPolicy: 'Always',
    command: ['envoy'],
    // Left to itself it would start a thread for each CPU of the node.
    args: ['-c', BOOTSTRAP_PATH, '--concurrency', '2', '--disable-hot-restart', '--log-level', 'warning'],
    ...(names.length > 0 && { ports: names }),
    ...(listens && {
      startupProbe: { ...listens, ...STARTING, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 120 },
      readinessProbe: { ...listens, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 },
    }),
    // As soon as the pod is to end, while its app still serves: clients come on other connections.
    lifecycle: { preStop: { httpGet: hookPage(DRAIN_PATH, hookKey) } },
    resources: resources.envoy,
    securityContext: hardened(users.envoy, profiles),
    volumeMounts: envoyMounts(listeners),
  };
}

const image = (name: string, { imagePullPolicy }: InjectionSettings): JsonObject => ({
  image: name,
  ...(imagePullPolicy !== undefined && { imagePullPolicy }),
});

/** As the restricted Pod Security Standard wants it, whatever the pod says for its own containers. */
const hardened = (user: number | undefined, profiles: JsonObject): JsonObject => ({
  ...profiles,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  ...(user !== undefined && { runAsGroup: user }),
  runAsNonRoot: true,
  ...(user !== undefined && { runAsUser: user }),
  seccompProfile: { type: 'RuntimeDefault' },
});

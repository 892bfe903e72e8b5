/** What keeps a pod from being guarded: whatever is found here is a reason not to let it start. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import type { CaptureMode } from './capture-mode.ts';
import type { CheckPorts } from './check-ports.ts';
import type { Difference } from './differences.ts';
import { FIRST_OWN_PORT, LAST_PORT, OWN_CONTAINERS, OWN_VOLUMES, VALIDATOR_CONTAINER } from './layout.ts';
import { named, textAt } from './members.ts';
import { meshOf, meshRefusals } from './meshes.ts';
import { type DeclaredPort, isNativeSidecar, MOST_LISTENERS } from './ports.ts';
import { tlsHandlers } from './probes.ts';
import { type InjectionRefusal, injectionRefusal, type RefusalReason } from './refusals.ts';
import type { NamespaceFacts, PodGuard, PortOfGuard } from './request.ts';
import { resolvingObstacles } from './resolving.ts';
import type { SidecarUsers } from './users.ts';
import { isWindows } from './windows.ts';

export interface InjectionCandidate {
  /** Without sidecars of ours. */
  readonly pod: JsonObject;
  readonly namespace: NamespaceFacts;
  readonly guards: readonly PodGuard[];
  readonly capture: CaptureMode;
  readonly checkPorts: CheckPorts;
  readonly declared: readonly DeclaredPort[];
  readonly guarded: readonly PortOfGuard[];
  /** Its URL. */
  readonly controlPlane: string;
  readonly users: SidecarUsers;
}

export function obstacles(candidate: InjectionCandidate): readonly InjectionRefusal[] {
  const { pod, namespace } = candidate;
  return [
    ...platformObstacles(candidate),
    ...(candidate.capture === 'None' ? [] : meshRefusals(pod, containers(pod), namespace)),
    ...nameObstacles(candidate),
    ...processObstacles(candidate),
    ...portObstacles(candidate),
    ...(candidate.capture === 'None' ? [] : tlsObstacles(candidate)),
    ...(candidate.capture === 'Redirect' ? levelObstacles(candidate) : []),
    ...(candidate.capture === 'NamedPort' ? namedPortObstacles(candidate) : []),
  ];
}

function platformObstacles({ pod, controlPlane }: InjectionCandidate): readonly InjectionRefusal[] {
  const { annotations } = objectAt(pod.metadata);
  const spec = objectAt(pod.spec);
  return [
    ...when(spec.hostNetwork === true, 'HostNetwork'),
    ...when(isWindows(spec), 'Windows'),
    ...when(Object.hasOwn(objectAt(annotations), 'kubernetes.io/config.mirror'), 'StaticPod'),
    ...resolvingObstacles(spec, controlPlane),
  ];
}

/** An app that mounts the validator's volumes would read its token and the secrets of its policy. */
function nameObstacles({ pod }: InjectionCandidate): readonly InjectionRefusal[] {
  const spec = objectAt(pod.spec);
  const all = containers(pod);
  const taken = [
    ...all
      .filter(({ name }) => OWN_CONTAINERS.includes(textAt(name)))
      .map(({ name }) => `container ${textAt(name)}`),
    ...objectsAt(spec.volumes)
      .filter(({ name }) => OWN_VOLUMES.includes(textAt(name)))
      .map(({ name }) => `volume ${textAt(name)}`),
    ...all.flatMap((container) =>
      ownMounts(container).map((volume) => `container ${textAt(container.name)} mounts ${volume}`),
    ),
  ];
  return taken.map((what) => injectionRefusal('NameTaken', what));
}

const ownMounts = ({ volumeMounts }: JsonObject): readonly string[] =>
  objectsAt(volumeMounts)
    .map(({ name }) => textAt(name))
    .filter((name) => OWN_VOLUMES.includes(name));

/**
 * Of these obstacles those by which the other containers of a pod that runs pass its sidecars, or decide what they do.
 *
 * @param capture of its sidecars.
 */
export function runningObstacles(pod: JsonObject, capture: CaptureMode): readonly Difference[] {
  const spec = objectAt(pod.spec);
  const validator = userOf(spec, named(spec.initContainers, VALIDATOR_CONTAINER) ?? {});
  const others = containers(pod).filter(({ name }) => !OWN_CONTAINERS.includes(textAt(name)));
  const at = ({ name }: JsonObject, field: string): Difference => ({
    where: `container ${textAt(name)}`,
    field,
  });
  return [
    ...(spec.hostNetwork === true ? [{ where: 'pod', field: 'hostNetwork' }] : []),
    ...others.flatMap((container) => [
      ...ownMounts(container).map((volume) => at(container, `mounts ${volume}`)),
      ...(sharesProcesses(spec) && mayBecomeValidator(spec, container, validator)
        ? [at(container, 'shares processes')]
        : []),
      ...(capture !== 'None' && meshOf(container) !== undefined ? [at(container, 'is of a mesh')] : []),
    ]),
  ];
}

const userOf = (spec: JsonObject, container: JsonObject): JsonValue | undefined =>
  objectAt(container.securityContext).runAsUser ?? objectAt(spec.securityContext).runAsUser;

const sharesProcesses = ({ shareProcessNamespace, hostPID }: JsonObject): boolean =>
  shareProcessNamespace === true || hostPID === true;

/** With these a process can become no other user, and look into no process of one. */
const HARMLESS = ['NET_BIND_SERVICE', 'NET_ADMIN', 'NET_RAW', 'KILL'];

/**
 * Where processes are shared, /proc leads into the validator's files for every process of the same user: to its token,
 * and so to the secrets of its policy. Root becomes any user as long as it has the capability for it, which it has by default.
 */
function processObstacles({ pod, users: { validator } }: InjectionCandidate): readonly InjectionRefusal[] {
  const spec = objectAt(pod.spec);
  if (!sharesProcesses(spec)) return [];
  return containers(pod)
    .filter((container) => mayBecomeValidator(spec, container, validator))
    .map(({ name }) =>
      injectionRefusal(
        'ProcessesShared',
        `container ${textAt(name)}${validator === undefined ? UNKNOWN_USER : ''}`,
      ),
    );
}

/** Then nothing of the container helps. */
const UNKNOWN_USER =
  ', which may have the same user: the annotation openshift.io/sa.scc.uid-range of its namespace says none';

/** @param validator the user of the validator; undefined where that may be whichever the container has. */
function mayBecomeValidator(
  spec: JsonObject,
  container: JsonObject,
  validator: JsonValue | undefined,
): boolean {
  const context = { ...objectAt(spec.securityContext), ...objectAt(container.securityContext) };
  const { privileged, runAsUser, runAsNonRoot, allowPrivilegeEscalation } = context;
  if (privileged === true || validator === undefined || runAsUser === validator) return true;
  const { drop, add } = objectAt(context.capabilities);
  if (listAt(add).some((name) => !HARMLESS.includes(textAt(name).replace(/^CAP_/, '')))) return true;
  const isOther = runAsNonRoot === true || (typeof runAsUser === 'number' && runAsUser !== 0);
  return !listAt(drop).includes('ALL') && !(isOther && allowPrivilegeEscalation === false);
}

function containers(pod: JsonObject): readonly JsonObject[] {
  const { containers: own, initContainers, ephemeralContainers } = objectAt(pod.spec);
  return [own, initContainers, ephemeralContainers].flatMap(objectsAt);
}

function portObstacles({
  capture,
  checkPorts,
  declared,
  guarded,
}: InjectionCandidate): readonly InjectionRefusal[] {
  const isTaken = (port: number): boolean =>
    (port >= FIRST_OWN_PORT && port <= LAST_PORT) ||
    (capture === 'None' && (port === checkPorts.http || port === checkPorts.grpc));
  const declaredHere = declared
    .filter(({ port }) => isTaken(port))
    .map(({ container, port }) => `port ${port} of container ${container}`);
  const boundOnly = guarded
    .filter(({ port }) => isTaken(port) && declared.every((declaration) => declaration.port !== port))
    .map(({ port }) => `port ${port}, which a binding names`);
  return [
    ...[...declaredHere, ...boundOnly].map((what) => injectionRefusal('PortTaken', what)),
    ...when(guarded.length > MOST_LISTENERS, 'TooManyPorts', `${guarded.length}`),
    ...(capture !== 'None' && guarded.length === 0 ? unknownPorts(capture, declared) : []),
  ];
}

/** Of a port that is not known nothing of ours would stand in the way. */
function unknownPorts(capture: CaptureMode, declared: readonly DeclaredPort[]): readonly InjectionRefusal[] {
  return capture === 'NamedPort' && declared.length > 0
    ? declared.map(({ port }) => injectionRefusal('PortUnnamed', `${port}`))
    : [injectionRefusal('PortsUnknown')];
}

/** Envoy would speak plain HTTP to it. With capture None the pod has an Envoy of its own, whose configuration says how to speak to it. */
function tlsObstacles({ pod, declared, guarded, guards }: InjectionCandidate): readonly InjectionRefusal[] {
  const speaking = guarded.filter(({ protocol }) => protocol === 'TLS').map(({ port }) => port);
  const named = speaking.map((number) => {
    const name = declared.find(({ port }) => port === number)?.name ?? '';
    return `port ${number}${name === '' ? '' : ` (${name})`}`;
  });
  const known = new Set(guards.flatMap(({ ports }) => ports).map(({ port }) => port));
  const isPlain = ({ protocol }: PortOfGuard): boolean => protocol === 'HTTP' || protocol === 'H2C';
  const plain = new Set(
    guarded.filter((port) => isPlain(port) && known.has(port.port)).map(({ port }) => port),
  );
  const spec = objectAt(pod.spec);
  const probed = [...objectsAt(spec.containers), ...objectsAt(spec.initContainers).filter(isNativeSidecar)];
  const probes = probed.flatMap((container) => tlsHandlers(container, plain));
  return [
    ...when(named.length > 0, 'PortIsTLS', named.join(', ')),
    ...probes.map((probe) => injectionRefusal('PortIsTLS', `${probe}, has scheme HTTPS`)),
  ];
}

const LEVEL = 'pod-security.kubernetes.io/enforce';

function levelObstacles({ namespace }: InjectionCandidate): readonly InjectionRefusal[] {
  const level = namespace.labels[LEVEL];
  return when(level === 'baseline' || level === 'restricted', 'NetAdminForbidden', `${LEVEL}: ${level}`);
}

/** Whatever reaches the app by another way than a name that Envoy has taken over goes past it. */
function namedPortObstacles({ declared, guarded, guards }: InjectionCandidate): readonly InjectionRefusal[] {
  const numbers = new Set(guarded.map(({ port }) => port));
  const moved = declared.filter(({ port, name }) => numbers.has(port) && name !== '');
  const named = new Set(moved.map(({ port }) => port));
  const nameless = guarded.filter(({ port }) => !named.has(port));
  const byName = Map.groupBy(declared, ({ name }) => name);
  const shared = moved.filter(({ name }) => (byName.get(name)?.length ?? 0) > 1);
  return [
    ...nameless.map(({ port }) => injectionRefusal('PortUnnamed', `${port}`)),
    ...[...new Set(shared.map(({ name }) => name))].map((name) => injectionRefusal('PortNameShared', name)),
    ...declared
      .filter(({ port, hasHostPort }) => numbers.has(port) && hasHostPort)
      .map(({ container, port }) => injectionRefusal('HostPort', `port ${port} of container ${container}`)),
    ...guards.flatMap(({ problem }) =>
      problem?.reason === 'NumericTargetPort' ? [injectionRefusal('NumericTargetPort', problem.message)] : [],
    ),
  ];
}

const when = (holds: boolean, reason: RefusalReason, detail?: string): readonly InjectionRefusal[] =>
  holds ? [injectionRefusal(reason, detail)] : [];

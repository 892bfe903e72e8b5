/** What one of our containers has otherwise than injection makes it: whatever decides what runs in it, and what it sees. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { mayHaveMount, mayHaveVariable } from './allowed-additions.ts';
import { filledInContainer } from './filled-in.ts';
import { sameJson, textAt } from './members.ts';
import { isUser } from './users.ts';

/** What else may be different in our containers. */
export interface ContainerTolerance {
  /** A webhook that is called after ours may name a mirror, or a digest. */
  readonly otherImages: boolean;
  /** A mesh that takes the pod's traffic has the kubelet probe by way of its proxy. */
  readonly otherProbes: boolean;
}

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];
/** When an image is pulled does not decide which one runs. */
const NEVER_COMPARED = ['imagePullPolicy'];
const COMPARED_APART = ['image', 'resources', 'env', 'volumeMounts', 'securityContext', ...PROBES];

/** Of its variables, and of its mounts: others decide how many they add. */
const MOST_ITEMS = 200;

/** Fields, as `env NODE_OPTIONS` or `securityContext.seLinuxOptions`; none where it is as it should be. */
export function containerDifferences(
  written: JsonObject,
  wantedWritten: JsonObject,
  { otherImages, otherProbes }: ContainerTolerance,
): readonly string[] {
  const tooLong = ['env', 'volumeMounts'].filter((name) => listAt(written[name]).length > MOST_ITEMS);
  if (tooLong.length > 0) return tooLong.map((name) => `more than ${MOST_ITEMS} items in ${name}`);
  const container = filledInContainer(written);
  const wanted = filledInContainer(wantedWritten);
  const apart = [...NEVER_COMPARED, ...COMPARED_APART];
  const wantedSecurity = securityOf(wanted);
  const security = withoutGivenUser(securityOf(container), wantedSecurity);
  return [
    ...(otherImages || container.image === wanted.image ? [] : ['image']),
    ...memberDifferences(container, wanted, '').filter((name) => !apart.includes(name)),
    ...memberDifferences(security, wantedSecurity, 'securityContext.'),
    ...(otherProbes ? PROBES.filter((name) => runsProgram(container[name])) : probesOf(container, wanted)),
    ...resourceDifferences(objectAt(container.resources)),
    ...variableDifferences(objectsAt(container.env), objectsAt(wanted.env)),
    ...mountDifferences(objectsAt(container.volumeMounts), objectsAt(wanted.volumeMounts)),
  ];
}

/** Names of members that are not the same in both. */
export function memberDifferences(a: JsonObject, b: JsonObject, prefix: string): readonly string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => !sameJson(a[name], b[name])).map((name) => `${prefix}${name}`);
}

/** Who drops ALL capabilities may drop some of them again. */
function securityOf({ securityContext }: JsonObject): JsonObject {
  const context = objectAt(securityContext);
  const { capabilities } = context;
  if (!isJsonObject(capabilities) || !listAt(capabilities.drop).includes('ALL')) return context;
  return { ...context, capabilities: { ...capabilities, drop: ['ALL'] } };
}

/** Where we name none, OpenShift does. */
function withoutGivenUser(context: JsonObject, { runAsUser: wanted }: JsonObject): JsonObject {
  const { runAsUser, ...others } = context;
  return wanted === undefined && isUser(runAsUser) ? others : context;
}

const probesOf = (container: JsonObject, wanted: JsonObject): readonly string[] =>
  PROBES.filter((name) => !sameJson(container[name], wanted[name]));

const runsProgram = (probe: JsonValue | undefined): boolean => Object.hasOwn(objectAt(probe), 'exec');

/** How much of these there is, quotas and autoscalers decide; any other resource can bring devices, files and variables. */
const QUANTITIES = ['cpu', 'memory', 'ephemeral-storage'];

function resourceDifferences(resources: JsonObject): readonly string[] {
  return Object.entries(resources).flatMap(([kind, quantities]) =>
    kind === 'requests' || kind === 'limits'
      ? Object.keys(objectAt(quantities))
          .filter((name) => !QUANTITIES.includes(name))
          .map((name) => `resources.${kind}.${name}`)
      : [`resources.${kind}`],
  );
}

/** Of two variables of one name Kubernetes takes the last: each of ours stands there once. */
function variableDifferences(
  variables: readonly JsonObject[],
  wanted: readonly JsonObject[],
): readonly string[] {
  const left = new Map(wanted.map((variable) => [textAt(variable.name), variable]));
  const differences: string[] = [];
  for (const variable of variables) {
    const name = textAt(variable.name);
    const own = left.get(name);
    const isAsWanted = own === undefined ? mayHaveVariable(variable) : sameJson(variable, own);
    if (own !== undefined) left.delete(name);
    if (!isAsWanted) differences.push(`env ${name}`);
  }
  return [...differences, ...[...left.keys()].map((name) => `env ${name}`)];
}

/** Identified by their path: each path occurs once. */
function mountDifferences(mounts: readonly JsonObject[], wanted: readonly JsonObject[]): readonly string[] {
  const left = new Map(wanted.map((mount) => [textAt(mount.mountPath), mount]));
  const differences: string[] = [];
  for (const mount of mounts) {
    const path = textAt(mount.mountPath);
    const own = left.get(path);
    const isAsWanted = own === undefined ? mayHaveMount(mount) : sameJson(mount, own);
    if (own !== undefined) left.delete(path);
    if (!isAsWanted) differences.push(`volumeMount ${path}`);
  }
  return [...differences, ...[...left.keys()].map((path) => `volumeMount ${path}`)];
}

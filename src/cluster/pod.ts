/** What is kept of a Pod, and of a workload's pod template. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectAt, objectsAt, portAt } from '../base/members.ts';
import {
  CAPTURE_CONTAINER,
  ENVOY_CONTAINER,
  INJECTED_LABEL,
  OWN_CONTAINERS,
  VALIDATOR_CONTAINER,
} from '../injection/layout.ts';
import { named } from '../injection/members.ts';
import { isNativeSidecar } from '../injection/ports.ts';
import { presentListeners } from '../injection/present.ts';
import type { InjectionSettings } from '../injection/request.ts';
import { spokenAs } from '../injection/spoken.ts';
import { neededKeys } from '../injection/volumes.ts';
import type { Labels } from '../resources/selectors.ts';
import { readLabels, readMarks, readMeta, readOwner } from './meta.ts';
import type { ContainerPort, Pod, UnjudgedPort } from './objects.ts';
import { conditionHolds, filledTextAt, textEntries } from './read.ts';
import { isMounted, readRunning } from './running.ts';
import { Shared, type Sharing } from './sharing.ts';
import { readChanges, UNCHANGED } from './sidecar-differences.ts';
import type { Sidecars } from './sidecar-parts.ts';

/** Containers whose ports are not the app's: ours, and those that meshes inject. */
const NOT_THE_APP = [VALIDATOR_CONTAINER, ENVOY_CONTAINER, 'istio-proxy', 'linkerd-proxy'];

/**
 * Undefined when it is no Pod of an API server.
 *
 * @param settings what its sidecars are compared with; absent where they are not.
 */
export function readPod(value: JsonValue, sharing: Sharing, settings?: InjectionSettings): Pod | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const spec = objectAt(value.spec);
  const status = objectAt(value.status);
  const { labels, deletionTimestamp } = objectAt(value.metadata);
  const marks = readMarks(value, sharing);
  return {
    kind: 'Pod',
    metadata,
    labels: readLabels(textEntries(labels), sharing),
    marks,
    owner: readOwner(value, sharing),
    phase: sharing.text(filledTextAt(status.phase) ?? 'Unknown'),
    ready: conditionHolds(status.conditions, 'Ready'),
    running: readRunning(spec, status),
    mounted: isMounted(status),
    deleting: filledTextAt(deletionTimestamp) !== undefined,
    node: sharing.text(filledTextAt(spec.nodeName) ?? ''),
    hostNetwork: spec.hostNetwork === true,
    ports: readContainerPorts(spec, sharing),
    unjudgedPorts: readUnjudgedPorts(spec, sharing),
    sidecars: readSidecars(value, marks, sharing, settings),
    ownEnvoy: hasOwnEnvoy(spec),
  };
}

const PORTS = new Shared<readonly ContainerPort[]>();

/** Containers first, then native sidecars: of two ports of one name Kubernetes takes the first, too. */
export function readContainerPorts(podSpec: JsonObject, sharing: Sharing): readonly ContainerPort[] {
  const ports = appPorts(podSpec).flatMap(readPort);
  return sharing.same(PORTS, JSON.stringify(ports), () => ports);
}

const appPorts = (podSpec: JsonObject): readonly JsonObject[] =>
  [...objectsAt(podSpec.containers), ...nativeSidecars(podSpec)]
    .filter(({ name }) => typeof name !== 'string' || !NOT_THE_APP.includes(name))
    .flatMap((container) => objectsAt(container.ports));

const UNJUDGED = new Shared<readonly UnjudgedPort[]>();

function readUnjudgedPorts(podSpec: JsonObject, sharing: Sharing): readonly UnjudgedPort[] {
  const ports = appPorts(podSpec).flatMap((port) => readUnjudgedPort(port, port.containerPort));
  return sharing.same(UNJUDGED, JSON.stringify(ports), () => ports);
}

/** @param number of the container's port. */
export function readUnjudgedPort(
  { name, protocol }: JsonObject,
  number: JsonValue | undefined,
): readonly UnjudgedPort[] {
  const port = portAt(number);
  if (port === undefined || (protocol !== 'UDP' && protocol !== 'SCTP')) return [];
  return [{ name: filledTextAt(name) ?? '', port, protocol }];
}

function readPort({ name, containerPort, protocol = 'TCP' }: JsonObject): readonly ContainerPort[] {
  const port = portAt(containerPort);
  return port === undefined || protocol !== 'TCP' ? [] : [{ name: filledTextAt(name) ?? '', port }];
}

function nativeSidecars(podSpec: JsonObject): readonly JsonObject[] {
  return objectsAt(podSpec.initContainers).filter(isNativeSidecar);
}

const SIDECARS = new Shared<Sidecars>();

function readSidecars(
  pod: JsonObject,
  marks: Labels,
  sharing: Sharing,
  settings: InjectionSettings | undefined,
): Sidecars {
  const podSpec = objectAt(pod.spec);
  const names = nativeSidecars(podSpec).map(({ name }) => name);
  const validator = names.includes(VALIDATOR_CONTAINER);
  const envoy = names.includes(ENVOY_CONTAINER);
  const capture = objectsAt(podSpec.initContainers).some(({ name }) => name === CAPTURE_CONTAINER);
  const listeners = presentListeners(podSpec);
  const ports = listeners.map(({ port }) => port);
  const spoken = listeners.map(spokenAs);
  const needed = listeners.flatMap(({ tls = {} }) => neededKeys(tls));
  const images = {
    capture: imageOf(pod, CAPTURE_CONTAINER),
    validator: imageOf(pod, VALIDATOR_CONTAINER),
    envoy: imageOf(pod, ENVOY_CONTAINER),
  };
  const changes = settings === undefined ? UNCHANGED : readChanges(pod, marks, settings, sharing);
  const sidecars: Sidecars = {
    validator,
    envoy,
    capture,
    ports,
    spoken,
    needed,
    version: marks[INJECTED_LABEL],
    images,
    ...changes,
  };
  return sharing.same(SIDECARS, JSON.stringify(sidecars), () => sidecars);
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

function imageOf({ spec, status }: JsonObject, container: string): string | undefined {
  const image = filledTextAt(named(objectAt(spec).initContainers, container)?.image);
  if (image === undefined || image.includes('@')) return image;
  const { imageID } = named(objectAt(status).initContainerStatuses, container) ?? {};
  const [, digest] = DIGEST.exec(filledTextAt(imageID) ?? '') ?? [];
  return digest === undefined ? image : `${image}@${digest}`;
}

const MAY_BE_ENVOY = /envoy|^istio-proxy$/i;

/** Known by the container's name or image alone. */
function hasOwnEnvoy(podSpec: JsonObject): boolean {
  return [...objectsAt(podSpec.containers), ...nativeSidecars(podSpec)].some(
    ({ name, image }) =>
      !OWN_CONTAINERS.includes(filledTextAt(name) ?? '') &&
      [name, image].some((text) => MAY_BE_ENVOY.test(filledTextAt(text) ?? '')),
  );
}

/** Which ports of a pod are guarded, and the Envoy listener of each. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectsAt, portAt } from '../base/members.ts';
import type { CaptureMode } from './capture-mode.ts';
import type { PortListener } from './handover.ts';
import { FIRST_LISTENER, LAST_PORT, OWN_CONTAINERS } from './layout.ts';
import { mapObjects, textAt, withMember } from './members.ts';
import type { PodGuard, PortOfGuard } from './request.ts';
import { sayingMore, spokenBy } from './spoken.ts';

/** A TCP port that a container declares. */
export interface DeclaredPort {
  readonly container: string;
  /** '' when it has none. */
  readonly name: string;
  readonly port: number;
  readonly hasHostPort: boolean;
}

/** Containers first, then native sidecars: of two ports of one name Kubernetes takes the first, too. */
export function declaredPorts(spec: JsonObject): readonly DeclaredPort[] {
  const sidecars = objectsAt(spec.initContainers).filter(isNativeSidecar);
  return [...objectsAt(spec.containers), ...sidecars]
    .filter(({ name }) => !OWN_CONTAINERS.includes(textAt(name)))
    .flatMap(portsOf);
}

export const isNativeSidecar = ({ restartPolicy }: JsonObject): boolean => restartPolicy === 'Always';

export function portsOf(container: JsonObject): readonly DeclaredPort[] {
  return objectsAt(container.ports)
    .filter(isTcp)
    .flatMap(({ name, containerPort, hostPort }) => {
      const port = portAt(containerPort);
      if (port === undefined) return [];
      const hasHostPort = portAt(hostPort) !== undefined;
      return [{ container: textAt(container.name), name: textAt(name), port, hasHostPort }];
    });
}

const isTcp = ({ protocol = 'TCP' }: JsonObject): boolean => protocol === 'TCP';

/**
 * What the bindings name. As long as there is none, or one that names none, every port is guarded that the pod
 * declares: a binding to come may mean any of them, and none must be open until then. With capture NamedPort that
 * can only be those that have a name.
 */
export function guardedPorts(
  guards: readonly PodGuard[],
  declared: readonly DeclaredPort[],
  capture: CaptureMode,
): readonly PortOfGuard[] {
  const isOpenEnded = guards.length === 0 || guards.some(({ ports }) => ports.length === 0);
  const known = guards.flatMap((guard) => guard.ports);
  const candidates = declared.filter(({ name }) => capture !== 'NamedPort' || name !== '');
  const ports = new Map<number, PortOfGuard>();
  for (const port of [...(isOpenEnded ? guesses(candidates, known) : []), ...known]) {
    ports.set(port.port, sayingMore(ports.get(port.port), port));
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}

/** A port that says TLS is shut beside others; where there is no other, the pod could never answer. */
function guesses(candidates: readonly DeclaredPort[], known: readonly PortOfGuard[]): readonly PortOfGuard[] {
  const ports = candidates.map(({ port, name }): PortOfGuard => {
    return { port, protocol: spokenBy(name) ?? 'HTTP' };
  });
  const isAllTls = known.length === 0 && ports.every(({ protocol }) => protocol === 'TLS');
  const numbers = new Set(known.map(({ port }) => port));
  return ports
    .filter(({ port }) => !numbers.has(port))
    .map(({ port, protocol }) => ({ port, protocol: protocol === 'TLS' && !isAllTls ? 'HTTP' : protocol }));
}

export const MOST_LISTENERS = LAST_PORT - FIRST_LISTENER + 1;

export function listenersOf(
  guarded: readonly PortOfGuard[],
  declared: readonly DeclaredPort[],
  capture: CaptureMode,
): readonly PortListener[] {
  return guarded.map(({ port, protocol, tls }, index) => ({
    port,
    listener: FIRST_LISTENER + index,
    protocol: protocol === 'TLS' ? 'HTTP' : protocol,
    ...(tls !== undefined && { tls }),
    names:
      capture === 'NamedPort'
        ? declared
            .filter((declaration) => declaration.port === port && declaration.name !== '')
            .map(({ name }) => name)
        : [],
  }));
}

/** Takes from a container the names that Envoy has now. */
export function withoutMovedNames(container: JsonObject, listeners: readonly PortListener[]): JsonObject {
  const moved = new Set(listeners.flatMap(({ names }) => names));
  if (!objectsAt(container.ports).some((port) => isTcp(port) && moved.has(textAt(port.name))))
    return container;
  const ports = mapObjects(container.ports, (port) =>
    isTcp(port) && moved.has(textAt(port.name)) ? withMember(port, 'name', undefined) : port,
  );
  return withMember(container, 'ports', ports);
}

/**
 * The container as it is with these names of its ports, by place, '' for none; undefined where there are not as many.
 * Only a port that has none gets a name.
 */
export function withNames(container: JsonObject, names: readonly JsonValue[]): JsonObject | undefined {
  const ports = listAt(container.ports);
  if (names.length === 0 || names.length !== ports.length) return undefined;
  const given = ports.map((port, index) => {
    const name = textAt(names[index]);
    const isToGet = isJsonObject(port) && isTcp(port) && textAt(port.name) === '' && PORT_NAME.test(name);
    return isToGet ? { ...port, name } : port;
  });
  return withMember(container, 'ports', given);
}

const PORT_NAME = /^[a-z0-9-]{1,15}$/;

/**
 * Gives ports that have no name theirs back; the container itself where there is none.
 * @param nameOf the next name of a port with this number, and undefined when all are given.
 */
export function withMovedNames(
  container: JsonObject,
  nameOf: (port: number) => string | undefined,
): JsonObject {
  let isChanged = false;
  const ports = mapObjects(container.ports, (port) => {
    if (!isTcp(port) || typeof port.containerPort !== 'number' || textAt(port.name) !== '') return port;
    const name = nameOf(port.containerPort);
    isChanged ||= name !== undefined;
    return name === undefined ? port : { ...port, name };
  });
  return isChanged ? withMember(container, 'ports', ports) : container;
}

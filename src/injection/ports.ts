/** Which ports of a pod are guarded, and the Envoy listener of each. */

import type { JsonObject } from '../matching/json.ts';
import { objectsAt, portAt } from '../matching/members.ts';
import type { CaptureMode } from './capture-mode.ts';
import type { Listener } from './handover.ts';
import { FIRST_LISTENER, LAST_PORT, OWN_CONTAINERS } from './layout.ts';
import { mapObjects, textAt, withMember } from './members.ts';
import type { PodGuard, PortOfGuard } from './request.ts';

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
  const candidates = declared.filter(({ name }) => capture !== 'NamedPort' || name !== '');
  const ports = new Map<number, PortOfGuard>();
  const guessed = isOpenEnded
    ? candidates.map(({ port, name }) => ({ port, protocol: protocolOf(name) }))
    : [];
  for (const { port, protocol } of [...guessed, ...guards.flatMap((guard) => guard.ports)]) {
    // Where any says HTTP/2, the app speaks it.
    if (ports.get(port)?.protocol !== 'H2C') ports.set(port, { port, protocol });
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}

const SAYS_H2C = /h2c|http2|grpc(?!s)/i;

/** By a port's name, or its appProtocol. */
export const protocolOf = (...texts: readonly string[]): 'HTTP' | 'H2C' =>
  texts.some((text) => SAYS_H2C.test(text)) ? 'H2C' : 'HTTP';

export const MOST_LISTENERS = LAST_PORT - FIRST_LISTENER + 1;

export function listenersOf(
  guarded: readonly PortOfGuard[],
  declared: readonly DeclaredPort[],
  capture: CaptureMode,
): readonly Listener[] {
  return guarded.map(({ port, protocol }, index) => ({
    ...{ port, protocol, listener: FIRST_LISTENER + index },
    names:
      capture === 'NamedPort'
        ? declared
            .filter((declaration) => declaration.port === port && declaration.name !== '')
            .map(({ name }) => name)
        : [],
  }));
}

/** Takes from a container the names that Envoy has now. */
export function withoutMovedNames(container: JsonObject, listeners: readonly Listener[]): JsonObject {
  const moved = new Set(listeners.flatMap(({ names }) => names));
  if (!objectsAt(container.ports).some((port) => isTcp(port) && moved.has(textAt(port.name))))
    return container;
  const ports = mapObjects(container.ports, (port) =>
    isTcp(port) && moved.has(textAt(port.name)) ? withMember(port, 'name', undefined) : port,
  );
  return withMember(container, 'ports', ports);
}

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

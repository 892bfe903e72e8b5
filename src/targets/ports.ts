/** Which container ports are guarded: those that are named, else those that speak HTTP, else the only one. */

import type { ContainerPort, Pod, ServicePort } from '../cluster/objects.ts';
import { MOVED_PORTS_ANNOTATION } from '../injection/layout.ts';
import type { PortOfGuard } from '../injection/request.ts';
import { type Spoken, spokenBy } from '../injection/spoken.ts';
import type { ApiBindingPort, ApiBindingPortTls } from '../resources/types.gen.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';

/** What is asked of each pod. */
export type PortWish =
  /** These, whatever the pod declares. */
  | { readonly kind: 'numbers'; readonly ports: readonly ApiBindingPort[] }
  /** Those that Services send requests to. */
  | { readonly kind: 'targets'; readonly service: string; readonly targets: readonly PortTarget[] }
  /** Those of its own that speak HTTP, else its only one. */
  | { readonly kind: 'own' }
  /** The ports are unknown, for this reason. */
  | { readonly kind: 'unknown'; readonly problem: TargetProblem };

export interface PortTarget {
  readonly target: number | string;
  readonly protocol: Spoken;
}

export type PortsOrProblem =
  | { readonly kind: 'ports'; readonly ports: readonly PortOfGuard[] }
  | { readonly kind: 'problem'; readonly problem: TargetProblem };

export const writtenPorts = (ports: readonly ApiBindingPort[]): PortWish => ({ kind: 'numbers', ports });

/** @param id of the Service, namespace/name. */
export function servicePorts(id: string, ports: readonly ServicePort[]): PortWish {
  const chosen = choose(ports, ({ name, appProtocol }) => spokenBy(appProtocol, name));
  if (typeof chosen === 'string') return { kind: 'unknown', problem: portProblem(chosen, `Service ${id}`) };
  return {
    kind: 'targets',
    service: id,
    targets: chosen.map((port) => ({ target: port.targetPort, protocol: protocolOf(port) })),
  };
}

/** A load balancer's `https` may lead to a port that is called `http`; an appProtocol says what the app itself speaks. */
function protocolOf({ name, appProtocol, targetPort }: ServicePort): Spoken {
  const spoken = spokenBy(appProtocol, name) ?? 'HTTP';
  if (spoken !== 'TLS' || spokenBy(appProtocol) === 'TLS') return spoken;
  return spokenBy(String(targetPort), name) ?? spoken;
}

/** The port of a Service that a route names; without one, those that a Service is asked for otherwise. */
export function backendPorts(
  id: string,
  ports: readonly ServicePort[],
  port: number | undefined,
  routeKind: string,
): PortWish {
  if (port === undefined) return servicePorts(id, ports);
  const named = ports.filter((candidate) => candidate.port === port);
  if (named.length === 0) {
    const problem = targetProblem(
      'NoPort',
      `Service ${id} has no TCP port ${port}, which the ${routeKind} sends requests to`,
      'correct the port in the backendRef, or add it to the Service',
    );
    return { kind: 'unknown', problem };
  }
  return {
    kind: 'targets',
    service: id,
    targets: named.map((candidate) => {
      const protocol = protocolOf(candidate);
      const isGrpc = routeKind === 'GRPCRoute' && protocol !== 'TLS';
      return { target: candidate.targetPort, protocol: isGrpc ? 'H2C' : protocol };
    }),
  };
}

/** @param owner whose ports they are, for messages. */
export function ownPorts(ports: readonly ContainerPort[], owner: string): PortsOrProblem {
  const chosen = choose(ports, ({ name }) => spokenBy(name));
  if (typeof chosen === 'string') return { kind: 'problem', problem: portProblem(chosen, owner) };
  return {
    kind: 'ports',
    ports: chosen.map(({ name, port }) => ({ port, protocol: spokenBy(name) ?? 'HTTP' })),
  };
}

/** The container ports of one pod that a wish means. */
export function portsOfPod(wish: PortWish, pod: Pod): PortsOrProblem {
  switch (wish.kind) {
    case 'numbers':
      return { kind: 'ports', ports: numberedPorts(wish.ports, pod) };
    case 'own':
      return ownPorts(namedPorts(pod), `Pod ${pod.metadata.namespace}/${pod.metadata.name}`);
    case 'unknown':
      return { kind: 'problem', problem: wish.problem };
    case 'targets':
      return targetPorts(wish, pod);
  }
}

/** Where the binding does not say what a port speaks, its name may say that it is TLS. */
export function numberedPorts(written: readonly ApiBindingPort[], pod: Pod): readonly PortOfGuard[] {
  const names = namedPorts(pod);
  return written.map(({ port, protocol, tls }): PortOfGuard => {
    const isTls = names.some((named) => named.port === port && spokenBy(named.name) === 'TLS');
    return {
      port,
      protocol: protocol ?? (isTls ? 'TLS' : 'HTTP'),
      ...(tls !== undefined && { tls: tlsOf(tls) }),
      ...((protocol !== undefined || tls !== undefined) && { isWritten: true }),
    };
  });
}

/** As the sidecars have it. */
const tlsOf = ({ secretName, caFrom, serverName }: ApiBindingPortTls): NonNullable<PortOfGuard['tls']> => ({
  ...(secretName !== undefined && { secretName }),
  ...(caFrom !== undefined && {
    ca: { configMap: caFrom.configMapKeyRef.name, key: caFrom.configMapKeyRef.key },
  }),
  ...(serverName !== undefined && { serverName }),
});

/** A Service sends nothing to a pod that has no port of the name: one that has any of them is guarded there. */
function targetPorts({ service, targets }: Extract<PortWish, { kind: 'targets' }>, pod: Pod): PortsOrProblem {
  const ports = targets.flatMap(({ target, protocol }) => {
    const port = typeof target === 'number' ? target : portNamed(pod, target);
    return port === undefined ? [] : [{ port, protocol }];
  });
  if (ports.length > 0) return { kind: 'ports', ports };
  const names = targets.map(({ target }) => target).join(', ');
  const problem = targetProblem(
    'NoPort',
    `Pod ${pod.metadata.namespace}/${pod.metadata.name} has no container port called ${names}, which Service ${service} targets`,
    "give the container's port that name, or correct the Service's targetPort",
  );
  return { kind: 'problem', problem };
}

const portNamed = (pod: Pod, name: string): number | undefined =>
  namedPorts(pod).find((port) => port.name === name)?.port;

/** With the names that capture NamedPort has given to Envoy. */
function namedPorts(pod: Pod): readonly ContainerPort[] {
  const moved = (pod.marks[MOVED_PORTS_ANNOTATION] ?? '').split(',').flatMap((entry) => {
    const [, name, digits] = /^([a-z0-9-]{1,15})=([0-9]{1,5})$/.exec(entry) ?? [];
    return name === undefined ? [] : [{ name, port: Number(digits) }];
  });
  if (moved.length === 0) return pod.ports;
  const numbers = new Set(moved.map(({ port }) => port));
  return [...moved, ...pod.ports.filter(({ port }) => !numbers.has(port))];
}

type Choice<T> = readonly T[] | 'NoPort' | 'PortAmbiguous';

/** Those that speak HTTP; else those that speak TLS, of which it can be said why they are not guarded; else the only one. */
function choose<T>(ports: readonly T[], spoken: (port: T) => Spoken | undefined): Choice<T> {
  const speaking = ports.filter((port) => spoken(port) !== undefined);
  const plain = speaking.filter((port) => spoken(port) !== 'TLS');
  if (plain.length > 0) return plain;
  if (speaking.length > 0) return speaking;
  if (ports.length === 1) return ports;
  return ports.length === 0 ? 'NoPort' : 'PortAmbiguous';
}

function portProblem(reason: 'NoPort' | 'PortAmbiguous', owner: string): TargetProblem {
  return reason === 'NoPort'
    ? targetProblem(reason, `${owner} has no TCP port`, 'name the container ports in spec.ports')
    : targetProblem(
        reason,
        `${owner} has several ports, and none of them says http, h2c, grpc or ws`,
        'name the container ports in spec.ports, or give the ports an appProtocol',
      );
}

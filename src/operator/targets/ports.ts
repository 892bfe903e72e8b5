/** Which container ports are guarded: those that are named, else those that speak HTTP, else the only one. */

import { MOVED_PORTS_ANNOTATION } from '../../injection/layout.ts';
import { protocolOf } from '../../injection/ports.ts';
import type { ApiBindingPort } from '../../resources/types.gen.ts';
import type { ContainerPort, Pod, ServicePort } from '../cluster/objects.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';

export interface GuardedPort {
  /** The container port. */
  readonly port: number;
  readonly protocol: 'HTTP' | 'H2C';
}

/** What is asked of each pod. */
export type PortWish =
  /** These, whatever the pod declares. */
  | { readonly kind: 'numbers'; readonly ports: readonly GuardedPort[] }
  /** Those that Services send requests to. */
  | { readonly kind: 'targets'; readonly service: string; readonly targets: readonly PortTarget[] }
  /** Those of its own that speak HTTP, else its only one. */
  | { readonly kind: 'own' }
  /** None can be told, for this reason. */
  | { readonly kind: 'unknown'; readonly problem: TargetProblem };

export interface PortTarget {
  readonly target: number | string;
  readonly protocol: 'HTTP' | 'H2C';
}

export type PortsOrProblem =
  | { readonly kind: 'ports'; readonly ports: readonly GuardedPort[] }
  | { readonly kind: 'problem'; readonly problem: TargetProblem };

/** As in `http`, `http-alt`, `kubernetes.io/h2c` and `grpc-web`; what says https speaks TLS, which cannot be judged. */
const SAYS_HTTP = /(?:http|grpc)(?!s)|h2c/i;

export function writtenPorts(ports: readonly ApiBindingPort[]): PortWish {
  return { kind: 'numbers', ports: ports.map(({ port, protocol = 'HTTP' }) => ({ port, protocol })) };
}

/** @param id of the Service, namespace/name. */
export function servicePorts(id: string, ports: readonly ServicePort[]): PortWish {
  const chosen = choose(
    ports,
    ({ name, appProtocol }) => SAYS_HTTP.test(name) || SAYS_HTTP.test(appProtocol),
  );
  if (typeof chosen === 'string') return { kind: 'unknown', problem: portProblem(chosen, `Service ${id}`) };
  return {
    kind: 'targets',
    service: id,
    targets: chosen.map(({ name, appProtocol, targetPort }) => ({
      target: targetPort,
      protocol: protocolOf(name, appProtocol),
    })),
  };
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
    targets: named.map(({ name, appProtocol, targetPort }) => ({
      target: targetPort,
      protocol: routeKind === 'GRPCRoute' ? 'H2C' : protocolOf(name, appProtocol),
    })),
  };
}

/** @param owner whose ports they are, for messages. */
export function ownPorts(ports: readonly ContainerPort[], owner: string): PortsOrProblem {
  const chosen = choose(ports, ({ name }) => SAYS_HTTP.test(name));
  if (typeof chosen === 'string') return { kind: 'problem', problem: portProblem(chosen, owner) };
  return {
    kind: 'ports',
    ports: chosen.map(({ name, port }) => ({ port, protocol: protocolOf(name) })),
  };
}

/** The container ports of one pod that a wish means. */
export function portsOfPod(wish: PortWish, pod: Pod): PortsOrProblem {
  switch (wish.kind) {
    case 'numbers':
      return { kind: 'ports', ports: wish.ports };
    case 'own':
      return ownPorts(namedPorts(pod), `Pod ${pod.metadata.namespace}/${pod.metadata.name}`);
    case 'unknown':
      return { kind: 'problem', problem: wish.problem };
    case 'targets':
      return targetPorts(wish, pod);
  }
}

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

function choose<T>(ports: readonly T[], speaksHttp: (port: T) => boolean): Choice<T> {
  const speaking = ports.filter(speaksHttp);
  if (speaking.length > 0) return speaking;
  if (ports.length === 1) return ports;
  return ports.length === 0 ? 'NoPort' : 'PortAmbiguous';
}

function portProblem(reason: 'NoPort' | 'PortAmbiguous', owner: string): TargetProblem {
  return reason === 'NoPort'
    ? targetProblem(reason, `${owner} has no TCP port`, 'name the container ports in spec.ports')
    : targetProblem(
        reason,
        `${owner} has several ports, and none of them says http, h2c or grpc`,
        'name the container ports in spec.ports, or give the ports an appProtocol',
      );
}

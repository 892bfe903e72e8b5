/** Pods to which a Service leads HTTP requests: a namespace can require a guard for them before any binding is there. */

import type { Pod, Service, ServicePort } from '../cluster/objects.ts';
import type { CaptureMode } from '../injection/capture-mode.ts';
import { spokenBy } from '../injection/spoken.ts';
import { selectorMatches } from '../resources/selectors.ts';
import { type Guard, guardOf } from './guards.ts';
import { servicePorts } from './ports.ts';
import type { PodSelection } from './resolve.ts';

/** A guard without a binding, whose `binding` is empty. */
export interface Exposure extends Guard {
  /** namespace/name of each Service that leads to the pod, in ascending order. */
  readonly services: readonly string[];
}

/**
 * Undefined for a pod that no Service leads HTTP requests to.
 *
 * @param services of the pod's namespace.
 */
export function exposureOf(
  pod: Pod,
  services: Iterable<Service>,
  capture: CaptureMode,
): Exposure | undefined {
  const selections = [...services].flatMap((service) => selectionOf(service, pod));
  if (selections.length === 0) return undefined;
  const guard = guardOf({ id: '', isTrial: false }, selections, pod, capture);
  if (guard.ports.length === 0) return undefined;
  const names = selections.map(({ target }) => target.slice('Service '.length));
  return { ...guard, services: names.toSorted() };
}

function selectionOf({ metadata, selector, ports }: Service, pod: Pod): readonly PodSelection[] {
  if (selector === undefined || !selectorMatches({ matchLabels: selector }, pod.labels)) return [];
  const id = `${metadata.namespace}/${metadata.name}`;
  const wish = servicePorts(
    id,
    ports.filter((port) => !saysOther(port)),
  );
  if (wish.kind === 'unknown') return [];
  return [{ selector: { matchLabels: selector }, ports: wish, target: `Service ${id}` }];
}

/**
 * Protocols that are not HTTP, as names of ports begin (`postgres`, `tcp-amqp`) and as appProtocol spells them. What
 * says nothing known counts as HTTP where it is the only port, as it does for a binding.
 */
const OTHER_PROTOCOLS: ReadonlySet<string> = new Set([
  ...['tcp', 'udp', 'sctp', 'ssh', 'ftp', 'smtp', 'imap', 'ldap', 'ldaps', 'dns'],
  ...['mongo', 'mongodb', 'mysql', 'mariadb', 'postgres', 'postgresql', 'pgsql', 'mssql', 'oracle', 'redis'],
  ...[
    'memcached',
    'memcache',
    'amqp',
    'amqps',
    'kafka',
    'nats',
    'mqtt',
    'stomp',
    'cql',
    'cassandra',
    'zookeeper',
  ],
]);

const saysOther = (port: ServicePort): boolean =>
  spokenBy(port.appProtocol, port.name) === 'TLS' || saysOtherProtocol(port);

/** Of what speaks TLS it may be HTTP inside. */
export function saysOtherProtocol({ name, appProtocol }: Pick<ServicePort, 'name' | 'appProtocol'>): boolean {
  const protocol = appProtocol.toLowerCase().replace(/^kubernetes\.io\//, '');
  const [word = ''] = name.split('-');
  return OTHER_PROTOCOLS.has(protocol) || (appProtocol === '' && OTHER_PROTOCOLS.has(word));
}

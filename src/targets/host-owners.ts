/** Which namespace has a host at a gateway, where routes of several attach it. */

import type { Route } from '../cluster/objects.ts';
import { type HostIndex, hostIndex } from '../matching/hosts.ts';
import { type Attachment, covers } from './hosts.ts';

/** Attachments of one gateway, prepared so that each binding costs only its own. */
export interface HostOwners {
  /** Undefined for a route that is not attached. */
  hostsOf(route: Route): readonly string[] | undefined;
  /**
   * At each port the gateway sends requests for the host to one namespace: that of the listener and then of the route
   * which names the host most narrowly, and among equals of the oldest route. The namespace has the host where
   * it has it at one port at least. A route that keeps it from the namespace everywhere else.
   */
  lostTo(host: string, namespace: string): Route | undefined;
  /**
   * A check names the host and no listener. So of namespaces that have one host, each at ports of its own, and
   * guard it, the one with the oldest route decides. `guards` says whether a binding of the namespace decides
   * for the host.
   */
  olderElsewhere(
    host: string,
    namespace: string,
    guards: (namespace: string, host: string) => boolean,
  ): Route | undefined;
}

interface Place {
  readonly route: Route;
  readonly port: number;
  /** The listener's hostname and the attached host; '' = any. */
  readonly listener: string;
  readonly host: string;
}

export function createHostOwners(attachments: readonly Attachment[]): HostOwners {
  const byRoute = new Map(attachments.map(({ route, hosts }) => [route, hosts]));
  const index = hostIndex(bestPlaces(attachments).map((place) => [place.host, place]));
  const found = new Map<string, readonly Place[]>();
  const ownersOf = (host: string): readonly Place[] => {
    const known = found.get(host);
    if (known !== undefined) return known;
    const owners = ownersAt(index, host);
    found.set(host, owners);
    return owners;
  };
  return {
    hostsOf: (route) => byRoute.get(route),
    lostTo(host, namespace) {
      const owners = ownersOf(host);
      if (owners.some(({ route }) => isOf(route, namespace))) return undefined;
      return oldest(owners)?.route;
    },
    olderElsewhere(host, namespace, guards) {
      const owners = ownersOf(host).filter(
        ({ route }) => isOf(route, namespace) || guards(route.metadata.namespace, host),
      );
      const first = oldest(owners);
      return first === undefined || isOf(first.route, namespace) ? undefined : first.route;
    },
  };
}

const isOf = ({ metadata }: Route, namespace: string): boolean => metadata.namespace === namespace;

/** Of each port, listener's hostname and host the oldest route's: many routes of one host cost one place. */
function bestPlaces(attachments: readonly Attachment[]): readonly Place[] {
  const best = new Map<string, Place>();
  for (const { route, places } of attachments) {
    for (const { port, listener, host } of places) {
      const key = `${port} ${listener} ${host}`;
      const other = best.get(key);
      if (other === undefined || isOlder(route, other.route)) best.set(key, { route, port, listener, host });
    }
  }
  return [...best.values()];
}

/** For each port at which the host is attached, the place that its requests go to. */
function ownersAt(index: HostIndex<Place>, host: string): readonly Place[] {
  const byPort = new Map<number, Place>();
  for (const group of index.lookup(host)) {
    for (const place of group) {
      const other = byPort.get(place.port);
      if (other === undefined || isNearer(place, other)) byPort.set(place.port, place);
    }
  }
  return [...byPort.values()];
}

function isNearer(a: Place, b: Place): boolean {
  if (a.listener !== b.listener) return covers(b.listener, a.listener);
  if (a.host !== b.host) return covers(b.host, a.host);
  return isOlder(a.route, b.route);
}

/** As the Gateway API orders routes. */
const ageOf = ({ metadata, created, kind }: Route): string =>
  `${created} ${metadata.namespace}/${metadata.name} ${kind}`;

const isOlder = (a: Route, b: Route): boolean => ageOf(a) < ageOf(b);

function oldest(places: readonly Place[]): Place | undefined {
  return places.reduce<Place | undefined>(
    (first, place) => (first === undefined || isOlder(place.route, first.route) ? place : first),
    undefined,
  );
}

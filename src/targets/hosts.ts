/** Hosts at gateways: patterns, normalised, '' is any host. */

import type { Route } from '../cluster/objects.ts';
import { hostMatches } from '../matching/hosts.ts';

/** A route and the hosts, normalised, under which a gateway accepted it; '' is any host. */
export interface Attachment {
  readonly route: Route;
  readonly hosts: readonly string[];
  /** Where: each listener with what it made of the route's hosts. */
  readonly places: readonly AttachedHost[];
}

export interface AttachedHost {
  readonly port: number;
  /** The listener's hostname. */
  readonly listener: string;
  readonly host: string;
}

/** What both patterns match: the narrower of the two, or nothing. */
export function narrower(a: string, b: string): readonly string[] {
  if (covers(a, b)) return [b];
  return covers(b, a) ? [a] : [];
}

/** Whether every host that `other` matches is matched by `pattern`. */
export function covers(pattern: string, other: string): boolean {
  if (pattern === '' || pattern === other) return true;
  if (!other.startsWith('*.')) return other !== '' && hostMatches([pattern], other);
  return pattern.startsWith('*.') && hostMatches([pattern], `x${other.slice(1)}`);
}

export const hostText = (host: string): string => (host === '' ? 'any host' : host);

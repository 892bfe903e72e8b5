/**
 * Which route a gateway says it has matched. Envoy sends the metadata of its own route, which its control plane has made:
 * nothing that a client sends is part of it. Envoy Gateway writes there (namespace `envoy-gateway`, member `resources`)
 * the one HTTPRoute or GRPCRoute that it made the route from, and the name of its rule.
 */

import { Buffer } from 'node:buffer';
import { keepNewest } from '../../base/newest.ts';
import type { MatchedRoute } from '../../decision/decision.ts';
import { bytesOf, lastOf } from './wire.ts';

const NAMESPACE = Buffer.from('envoy-gateway');
const RESOURCES = Buffer.from('resources');
const KIND = Buffer.from('kind');
const NAME = Buffer.from('name');
const OWN_NAMESPACE = Buffer.from('namespace');
const SECTION = Buffer.from('sectionName');

/** Numbers of fields: envoy.config.core.v3.Metadata, google.protobuf.Struct, Value and ListValue, and an entry of a map. */
const FILTER_METADATA = 1;
const FIELDS = 1;
const STRING_VALUE = 3;
const STRUCT_VALUE = 5;
const LIST_VALUE = 6;
const VALUES = 1;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;

/** As Kubernetes takes names of routes, namespaces and rules. */
const KUBERNETES_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

type Said = MatchedRoute | 'Unreadable' | undefined;

/** By the bytes: a gateway says the same with every request of a route. */
const known = new Map<string, Said>();
/** Routes that are remembered, and the most that each may take up there; in bytes. */
const MAX_KNOWN = 1024;
const MAX_KNOWN_BYTES = 1024;

/** As `readMatchedRoute`, ten times as fast for what was read lately. */
export function matchedRoute(metadata: Buffer): Said {
  if (metadata.length > MAX_KNOWN_BYTES) return readMatchedRoute(metadata);
  const key = metadata.toString('latin1');
  const before = known.get(key);
  if (before !== undefined || known.has(key)) return before;
  const read = readMatchedRoute(metadata);
  known.set(key, read);
  keepNewest(known, MAX_KNOWN);
  return read;
}

/**
 * Reads an envoy.config.core.v3.Metadata. Undefined where it says nothing of a route; `Unreadable` where it does, and
 * not of one in the form that is known here: such a request is nobody's.
 */
export function readMatchedRoute(metadata: Buffer): Said {
  const filters = bytesOf(metadata, FILTER_METADATA);
  if (filters === undefined) return 'Unreadable';
  const known = memberOf(filters, NAMESPACE);
  if (known === undefined) return undefined;
  const resources = memberIn(known, RESOURCES);
  const list = resources && lastOf(resources, LIST_VALUE);
  const [only, ...others] = (list && bytesOf(list, VALUES)) ?? [];
  const resource = only && others.length === 0 ? lastOf(only, STRUCT_VALUE) : undefined;
  return (resource && routeOf(resource)) ?? 'Unreadable';
}

function routeOf(resource: Buffer): MatchedRoute | undefined {
  const members = bytesOf(resource, FIELDS);
  if (members === undefined) return undefined;
  const kind = textOf(memberOf(members, KIND));
  const namespace = textOf(memberOf(members, OWN_NAMESPACE));
  const name = textOf(memberOf(members, NAME));
  const sectionValue = memberOf(members, SECTION);
  if (kind !== 'HTTPRoute' && kind !== 'GRPCRoute') return undefined;
  if (!isName(namespace) || !isName(name)) return undefined;
  if (sectionValue === undefined) return { kind, namespace, name };
  const section = textOf(sectionValue);
  return isName(section) ? { kind, namespace, name, section } : undefined;
}

const isName = (text: string | undefined): text is string => text !== undefined && KUBERNETES_NAME.test(text);

/** A string of Value; undefined for any other. */
function textOf(value: Buffer | undefined): string | undefined {
  return value && lastOf(value, STRING_VALUE)?.toString('utf8');
}

function memberIn(struct: Buffer, name: Buffer): Buffer | undefined {
  const members = bytesOf(struct, FIELDS);
  return members && memberOf(members, name);
}

/** Of entries of a map: as decoders read it, the last one of a name counts. */
function memberOf(entries: readonly Buffer[], name: Buffer): Buffer | undefined {
  const entry = entries.findLast((candidate) => lastOf(candidate, ENTRY_KEY)?.equals(name) === true);
  return entry && lastOf(entry, ENTRY_VALUE);
}

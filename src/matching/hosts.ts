/** Host names: reads them from requests and patterns, and looks them up in time that does not depend on their number. */

export type NormalizedHost =
  | { readonly kind: 'host'; readonly host: string; readonly port: number | undefined }
  | { readonly kind: 'malformed' };

/**
 * Reads a Host or `:authority` value (RFC 9110 section 7.2) into the form in which hosts are compared:
 * lower case, without port and without the root's trailing dot; IPv6 addresses in brackets, in their
 * shortest spelling. A doubled value, which proxies join with a comma, is malformed, as is user
 * information; underscores are allowed, because Kubernetes and browsers allow them.
 */
export function normalizeHost(raw: string): NormalizedHost {
  const portAt = raw.startsWith('[') ? raw.indexOf(']') + 1 : raw.indexOf(':');
  const name = portAt > 0 ? raw.slice(0, portAt) : raw;
  const host = raw.startsWith('[') ? normalizeAddress(name) : normalizeName(name);
  if (host === undefined) return MALFORMED;
  if (name.length === raw.length) return { kind: 'host', host, port: undefined };
  const port = readPort(raw.slice(name.length));
  return port === 'malformed' ? MALFORMED : { kind: 'host', host, port };
}

/** A pattern from a manifest, an exact host or `*.suffix`, normalised; undefined when it is neither. */
export function normalizeHostPattern(raw: string): string | undefined {
  const wildcard = raw.startsWith('*.');
  const read = normalizeHost(wildcard ? raw.slice(2) : raw);
  if (read.kind === 'malformed' || read.port !== undefined || raw.endsWith(':')) return undefined;
  if (!wildcard) return read.host;
  return read.host.startsWith('[') ? undefined : `*.${read.host}`;
}

export interface HostIndex<T> {
  /** Groups from the most to the least specific: exact, longer suffix first, any. None of them is empty. */
  lookup(host: string): readonly (readonly T[])[];
}

/**
 * Prepares normalised patterns for look-ups that cost one map access a label of the host. The pattern
 * '' means any host. Inside a group, values keep the order in which they were given.
 */
export function hostIndex<T>(entries: Iterable<readonly [pattern: string, value: T]>): HostIndex<T> {
  const exact = new Map<string, T[]>();
  const bySuffix = new Map<string, T[]>();
  const any: T[] = [];
  for (const [pattern, value] of entries) {
    if (pattern === '') any.push(value);
    else if (pattern.startsWith('*.')) append(bySuffix, pattern.slice(1), value);
    else append(exact, pattern, value);
  }
  return {
    lookup(host) {
      const groups: (readonly T[])[] = [];
      const same = exact.get(host);
      if (same !== undefined) groups.push(same);
      if (bySuffix.size > 0) {
        for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
          const below = bySuffix.get(host.slice(dot));
          if (below !== undefined) groups.push(below);
        }
      }
      if (any.length > 0) groups.push(any);
      return groups;
    },
  };
}

/** True when one of the normalised patterns fits, or when there is none, which means any host. */
export function hostMatches(patterns: readonly string[], host: string): boolean {
  if (patterns.length === 0) return true;
  return patterns.some((pattern) =>
    pattern.startsWith('*.')
      ? host.length >= pattern.length && host.endsWith(pattern.slice(1))
      : pattern === host,
  );
}

const MALFORMED: NormalizedHost = { kind: 'malformed' };

/** RFC 1035 section 2.3.4, with one more for the trailing dot. */
const LONGEST_NAME = 254;
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?$/;

function normalizeName(raw: string): string | undefined {
  if (raw.length > LONGEST_NAME) return undefined;
  const name = raw.toLowerCase();
  // Characters such as the Kelvin sign become ASCII in lower case; they are no letters of a host.
  if (!NAME.test(name) || name.length !== raw.length || !isAscii(raw)) return undefined;
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** An IPv6 address in brackets; zone identifiers have no meaning outside of the machine they name. */
function normalizeAddress(raw: string): string | undefined {
  if (!/^\[[0-9a-fA-F:.]{2,45}\]$/.test(raw)) return undefined;
  return URL.parse(`http://${raw}/`)?.hostname;
}

/** `rest` is what follows the name; RFC 3986 section 3.2.3 lets a port be empty. */
function readPort(rest: string): number | undefined | 'malformed' {
  if (rest === ':') return undefined;
  if (!/^:[0-9]{1,5}$/.test(rest)) return 'malformed';
  const port = Number(rest.slice(1));
  return port >= 1 && port <= 65_535 ? port : 'malformed';
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

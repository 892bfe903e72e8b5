/** From a source's location to its keys: discovery where there is any, then the key set, imported and checked. */

import { type KeyUses, SIGNATURES, SVIDS } from '../keys/jwk.ts';
import { importKeySet } from '../keys/keyset.ts';
import type { KeyLocation } from '../keys/plan.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { type BoundGet, discover } from './discovery.ts';
import { parseDocument } from './document.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import type { ResponseHeaders } from './exchange.ts';
import { type LeftOut, leftOutOf } from './left-out.ts';
import { showUrl } from './target.ts';

export interface FetchedKeySet {
  readonly kind: 'keys';
  readonly jwksURI: string;
  /** At least one. */
  readonly keys: readonly PublicJwk[];
  /** Keys of the set that cannot be used; undefined where there are none. */
  readonly leftOut: LeftOut | undefined;
  /** The key set's own, which say how long it may be kept. */
  readonly headers: ResponseHeaders;
}

/**
 * Fetches the keys anew.
 *
 * @param knownURI the address that discovery gave last time; where it is given, nothing is discovered.
 */
export async function fetchKeySet(
  location: KeyLocation,
  knownURI: string | undefined,
  get: BoundGet,
  onImport: OnImport = () => undefined,
): Promise<FetchedKeySet | FetchFailed> {
  const uses = location.svids === true ? SVIDS : SIGNATURES;
  const read = (request: Parameters<BoundGet>[0]) => readKeySet(request, get, uses, onImport);
  if (location.kind === 'jwks') return read({ url: location.url, what: 'keys.jwksURI' });
  if (knownURI !== undefined) return read({ url: knownURI, what: 'The discovered jwks_uri' });
  const discovered = await discover(location, get);
  if (discovered.kind === 'failed') return discovered;
  const { jwksURI: url, documentURL: from } = discovered;
  return read({ url, what: 'The jwks_uri of the discovery document', from });
}

/** Called with the number of members of a key set that were imported, whether they were keys or not. */
export type OnImport = (members: number) => void;

async function readKeySet(
  request: Parameters<BoundGet>[0],
  get: BoundGet,
  uses: KeyUses,
  onImport: OnImport,
): Promise<FetchedKeySet | FetchFailed> {
  const received = await get(request);
  if (received.kind === 'failed') return received;
  const url = new URL(request.url);
  const parsed = parseDocument(received, showUrl(url));
  if (parsed.kind === 'failed') return parsed;

  const set = importKeySet(parsed.document, uses);
  const { jwks, skipped, problem } = set;
  onImport(jwks.length + skipped.length);
  if (jwks.length > 0) {
    const { headers } = received;
    return { kind: 'keys', jwksURI: url.href, keys: jwks, leftOut: leftOutOf(set), headers };
  }
  const [first] = skipped;
  const why =
    problem !== undefined
      ? `the document ${problem}`
      : first === undefined
        ? 'it is empty'
        : `the key at keys[${first.index}] ${first.problem}`;
  return fetchFailed('MISSING_JWKS', `The key set at ${showUrl(url)} has no usable key: ${why}.`);
}

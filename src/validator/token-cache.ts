/**
 * Caches verified identities, so that a token's signature is checked once. It never keeps decisions, refusals, or
 * anything that could be replayed: it knows a token by its digest alone.
 */

import { hash } from 'node:crypto';
import { parseForeignObject } from '../base/foreign-json.ts';
import type { JsonObject } from '../base/json.ts';
import type { Source } from '../sources/kind.ts';
import type { Identity } from '../sources/verification.ts';

export interface TokenCache {
  /** Returns the token that this source verified before with the same keys. */
  find(digest: string, source: Source): CachedToken | undefined;
  /** Keeps an identity that this source has just verified. */
  keep(digest: string, source: Source, token: CachedToken): void;
  drop(digest: string, source: Source): void;
  readonly entries: number;
  /** An estimate of the memory held. */
  readonly bytes: number;
}

export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

export interface CachedToken {
  readonly identity: Identity;
  /** The claims that `recheck` reads at every use. */
  readonly lasting: JsonObject;
}

export const CACHE_LIMITS: CacheLimits = { entries: 20_000, bytes: 32 * 1024 * 1024 };

/** The key of a token in the cache, each byte one character. Two tokens with the same SHA-256 cannot be made. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'latin1');
}

/** Every member is named, the optional ones too: tsc finds what would be lost on the way through the cache. */
type Complete<T> = { readonly [K in keyof Required<T>]: T[K] };

/** An identity as it is stored: claims as text, which takes half the memory of objects. */
interface Entry extends Complete<Omit<Identity, 'claims' | 'header'>> {
  readonly header: string;
  readonly lasting: JsonObject;
  readonly bytes: number;
  /** Used since the eviction last looked at it. */
  used: boolean;
}

/** Objects, keys and the map's own slots, as measured; in bytes. */
const ENTRY_OVERHEAD = 640;
/** Headers of tokens from one key are alike; so many different ones are kept once each. */
const SHARED_HEADERS = 64;

/** Evicts by second chance: the oldest first, but one that was used since gets another round. */
export function createTokenCache(limits: CacheLimits = CACHE_LIMITS): TokenCache {
  const entries = new Map<string, Entry>();
  const tags = new WeakMap<Source, string>();
  const headers = new Map<string, string>();
  /** By parsed header: its JSON text. */
  const headerTexts = new WeakMap<JsonObject, string>();
  let bytes = 0;
  // Kept from one eviction to the next: a map that has lost its oldest entries is slow to begin anew.
  let oldest: MapIterator<[string, Entry]> | undefined;

  /** The key holds a digest of the source too, so that all keys have the same short length. */
  const keyOf = (digest: string, source: Source): string => {
    let tag = tags.get(source);
    if (tag === undefined) {
      tag = hash('sha256', source.cacheKey, 'latin1');
      tags.set(source, tag);
    }
    return digest + tag;
  };

  const remove = (key: string, entry: Entry): void => {
    entries.delete(key);
    bytes -= entry.bytes;
  };

  const makeRoom = (needed: number): void => {
    while (entries.size > 0 && (entries.size >= limits.entries || bytes + needed > limits.bytes)) {
      oldest ??= entries.entries();
      const next = oldest.next();
      if (next.done === true) {
        oldest = undefined;
        continue;
      }
      const [key, entry] = next.value;
      remove(key, entry);
      if (entry.used) {
        entry.used = false;
        entries.set(key, entry);
        bytes += entry.bytes;
      }
    }
  };

  const textOf = (header: JsonObject): string => {
    let text = headerTexts.get(header);
    if (text === undefined) {
      text = shared(JSON.stringify(header));
      headerTexts.set(header, text);
    }
    return text;
  };

  const shared = (header: string): string => {
    const known = headers.get(header);
    if (known !== undefined) return known;
    if (headers.size >= SHARED_HEADERS) headers.clear();
    headers.set(header, header);
    return header;
  };

  return {
    find: (digest, source) => {
      const entry = entries.get(keyOf(digest, source));
      if (entry === undefined) return undefined;
      entry.used = true;
      return { identity: new StoredIdentity(entry), lasting: entry.lasting };
    },
    keep: (digest, source, { identity, lasting }) => {
      const key = keyOf(digest, source);
      const header = textOf(identity.header);
      const { user, name, client, roles, scopes, unreadable, claimsText } = identity;
      const size = ENTRY_OVERHEAD + textBytes(claimsText) + listBytes(roles) + listBytes(scopes);
      if (size > limits.bytes) return;
      const before = entries.get(key);
      if (before !== undefined) remove(key, before);
      makeRoom(size);
      const { source: id } = identity;
      entries.set(key, {
        source: id,
        user,
        name,
        client,
        roles,
        scopes,
        unreadable,
        claimsText,
        header,
        lasting,
        bytes: size,
        used: false,
      });
      bytes += size;
    },
    drop: (digest, source) => {
      const key = keyOf(digest, source);
      const entry = entries.get(key);
      if (entry !== undefined) remove(key, entry);
    },
    get entries() {
      return entries.size;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Most checks ask for user and roles alone, so claims and header are parsed when they are first read. */
class StoredIdentity implements Complete<Identity> {
  readonly source: string;
  readonly user: string | undefined;
  readonly name: string | undefined;
  readonly client: string | undefined;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly unreadable: Identity['unreadable'];
  readonly claimsText: string;
  readonly #entry: Entry;
  #claims: JsonObject | undefined;
  #header: JsonObject | undefined;

  constructor(entry: Entry) {
    this.source = entry.source;
    this.user = entry.user;
    this.name = entry.name;
    this.client = entry.client;
    this.roles = entry.roles;
    this.scopes = entry.scopes;
    this.unreadable = entry.unreadable;
    this.claimsText = entry.claimsText;
    this.#entry = entry;
  }

  get claims(): JsonObject {
    this.#claims ??= parseObject(this.#entry.claimsText);
    return this.#claims;
  }

  get header(): JsonObject {
    this.#header ??= parseObject(this.#entry.header);
    return this.#header;
  }
}

function parseObject(text: string): JsonObject {
  const value = parseForeignObject(text)?.value;
  if (value === undefined) throw new Error('the token cache holds something that is no JSON object');
  return value;
}

/** One character beyond Latin-1 doubles the memory of a whole string. */
function textBytes(text: string): number {
  return /[^\0-\xff]/.test(text) ? text.length * 2 : text.length;
}

function listBytes(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + 32 + textBytes(value), 0);
}

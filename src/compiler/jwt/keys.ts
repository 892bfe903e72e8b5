/** The keys that a manifest itself holds or names: inline key sets, PEM, and shared secrets. */

import { isJsonObject } from '../../base/json.ts';
import type { Algorithm } from '../../keys/algorithms.ts';
import { decodeSecret, importHmac } from '../../keys/hmac.ts';
import { importJwk, isForOthers, type KeyUses } from '../../keys/jwk.ts';
import { MAX_KEYS } from '../../keys/keyset.ts';
import { jwkFromPem } from '../../keys/pem.ts';
import type { HmacKeyPolicy, PublicJwk, SourceKeys } from '../../policy/policy.ts';
import type { EffectiveHmacKey, EffectiveKeys } from '../../resources/effective.ts';
import type { Secret } from '../../resources/object.ts';
import type { Issue } from '../issues.ts';

export interface InlineKeys {
  readonly keys: SourceKeys;
  /** Decoded, by the names that `keys` uses. */
  readonly secrets: readonly (readonly [name: string, secret: Uint8Array])[];
  readonly issues: readonly Issue[];
  readonly usable: readonly UsableKey[];
}

export interface UsableKey {
  readonly kid: string | undefined;
  /** What it can verify. */
  readonly algorithms: readonly Algorithm[];
}

type PublicKeys = Extract<EffectiveKeys, { kind: 'jwks' | 'publicKeys' }>;

const FIELD = 'spec.jwt.keys';
const UNAVAILABLE: SourceKeys = { kind: 'unavailable' };

/** Imports public keys. One that cannot be used makes all of them unavailable, for someone meant it to count. */
export function inlinePublicKeys(source: PublicKeys, uses: KeyUses): InlineKeys {
  const jwks: PublicJwk[] = [];
  const issues: Issue[] = [];
  const usable: UsableKey[] = [];
  const readings = source.kind === 'jwks' ? readJwks(source.keys) : readPems(source.keys);
  for (const { field, reading } of readings) {
    const imported = reading.kind === 'jwk' ? importJwk(reading.jwk, uses) : reading;
    if (imported.kind === 'key') {
      jwks.push(imported.jwk);
      usable.push(imported.key);
    } else {
      issues.push({
        reason: imported.tooShort === true ? 'KeyTooShort' : 'KeyInvalid',
        field,
        message: `the key ${imported.problem}`,
        remedy: imported.tooShort === true ? 'let the provider make a longer one' : publishedKey(reading),
      });
    }
  }
  if (jwks.length === 0 && issues.length === 0) issues.push(NO_KEY);
  if (jwks.length > MAX_KEYS) issues.push(tooManyKeys(jwks.length));
  const keys: SourceKeys = issues.length === 0 ? { kind: 'public', keys: jwks } : UNAVAILABLE;
  return { keys, secrets: [], issues, usable };
}

/** kubectl reads YAML 1.1, where a plain y is true and a plain n is false: so they come here as such names. */
function publishedKey(reading: KeyReading['reading']): string {
  const jwk = reading.kind === 'jwk' && isJsonObject(reading.jwk) ? reading.jwk : {};
  const lost = [['true', 'y'] as const, ['false', 'n'] as const].filter(([name]) => Object.hasOwn(jwk, name));
  if (lost.length === 0) return 'give the public key as the provider publishes it';
  const names = lost.map(([, name]) => name).join(' and ');
  return `put ${names} in quotes: without them kubectl reads ${lost.map(([name]) => name).join(' and ')}`;
}

const NO_KEY: Issue = {
  reason: 'KeyInvalid',
  field: `${FIELD}.jwks.keys`,
  message: 'no key in it is for signatures',
  remedy: 'add one whose use is "sig", or absent',
};

const tooManyKeys = (count: number): Issue => ({
  reason: 'KeyInvalid',
  field: `${FIELD}.jwks.keys`,
  message: `a source takes ${MAX_KEYS} keys for signatures, and there are ${count}`,
  remedy: 'take some away, or make two sources of them',
});

interface KeyReading {
  readonly field: string;
  readonly reading: ReturnType<typeof jwkFromPem> | { readonly kind: 'jwk'; readonly jwk: unknown };
}

/** Providers' sets hold keys for encryption, too; who pastes such a set means the others. */
function readJwks(keys: Extract<EffectiveKeys, { kind: 'jwks' }>['keys']): readonly KeyReading[] {
  return keys.flatMap((jwk, i) =>
    isForOthers(jwk) ? [] : [{ field: `${FIELD}.jwks.keys[${i}]`, reading: { kind: 'jwk', jwk } }],
  );
}

function readPems(keys: Extract<EffectiveKeys, { kind: 'publicKeys' }>['keys']): readonly KeyReading[] {
  return keys.map(({ pem, kid }, i) => ({
    field: `${FIELD}.publicKeys[${i}].pem`,
    reading: jwkFromPem(pem, kid),
  }));
}

/** How Secrets are found. */
export interface SecretAccess {
  /** The source's namespace. */
  readonly namespace: string;
  /** By name; undefined = there is none. */
  find(name: string): Secret | undefined;
  /** Whether the control plane may read the namespace's Secrets. */
  readonly permitted: boolean;
  /** A revision for a secret that comes without one, which must not give its content away. */
  revision(secret: Uint8Array): string;
}

/** Decodes shared secrets. One that cannot be used makes all of them unavailable. */
export function hmacKeys(entries: readonly EffectiveHmacKey[], access: SecretAccess): InlineKeys {
  const policies: HmacKeyPolicy[] = [];
  const secrets: (readonly [string, Uint8Array])[] = [];
  const issues: Issue[] = [];
  const usable: UsableKey[] = [];
  for (const [i, entry] of entries.entries()) {
    const read = readSecret(entry, access);
    if (read.kind === 'problem') {
      issues.push({ ...read, field: `${FIELD}.hmac[${i}].${read.field}` });
      continue;
    }
    const { secretKeyRef, encoding, kid } = entry;
    const name = `${access.namespace}/${secretKeyRef.name}/${secretKeyRef.key} ${encoding}`;
    policies.push({ ...(kid !== undefined && { kid }), secret: name, secretRevision: read.revision });
    secrets.push([name, read.secret]);
    usable.push({ kid, algorithms: read.algorithms });
  }
  if (issues.length > 0) return { keys: UNAVAILABLE, secrets: [], issues, usable };
  return { keys: { kind: 'hmac', keys: policies }, secrets, issues, usable };
}

type SecretReading =
  | {
      readonly kind: 'secret';
      readonly secret: Uint8Array;
      readonly revision: string;
      readonly algorithms: readonly Algorithm[];
    }
  | ({ readonly kind: 'problem' } & Issue);

function readSecret({ secretKeyRef, encoding, kid }: EffectiveHmacKey, access: SecretAccess): SecretReading {
  const { namespace } = access;
  const { name, key } = secretKeyRef;
  const place = `key ${key} of Secret ${namespace}/${name}`;
  const secret = access.find(name);
  if (secret === undefined) {
    return access.permitted
      ? problem(
          'SecretNotFound',
          'secretKeyRef.name',
          `there is no Secret ${namespace}/${name}`,
          'create it, or correct the name',
        )
      : problem(
          'SecretNotPermitted',
          'secretKeyRef.name',
          `the control plane may not read Secrets in the namespace ${namespace}`,
          `add ${namespace} to the chart's secretAccess.namespaces, or grant get, list and watch there by a Role`,
        );
  }
  const value = secret.data.get(key);
  if (value === undefined) {
    return problem(
      'SecretNotFound',
      'secretKeyRef.key',
      `there is no ${place}`,
      'add it, or correct the key',
    );
  }
  const decoded = decodeSecret(value, encoding);
  if (decoded.kind === 'refused') {
    return problem('KeyInvalid', 'encoding', `${place} ${decoded.problem}`, 'correct the Secret or encoding');
  }
  const imported = importHmac(decoded.secret, kid);
  if (imported.kind === 'too_short') {
    return problem(
      'KeyTooShort',
      'secretKeyRef',
      `${place} ${imported.problem}`,
      'give the new one to the issuer, too',
    );
  }
  const { uid, resourceVersion } = secret.metadata;
  return {
    kind: 'secret',
    secret: decoded.secret,
    revision:
      resourceVersion === undefined ? access.revision(decoded.secret) : `${uid ?? ''}/${resourceVersion}`,
    algorithms: imported.key.algorithms,
  };
}

function problem(reason: Issue['reason'], field: string, message: string, remedy: string): SecretReading {
  return { kind: 'problem', reason, field, message, remedy };
}

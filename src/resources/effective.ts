/** `spec.jwt` with preset and defaults applied: every field there, durations in seconds. Nothing is written back. */

import { formatDuration, parseDuration } from '../base/durations.ts';
import { type JsonObject, type JsonValue, toJson } from '../base/json.ts';
import { type Preset, type PresetFields, presetFields } from './presets.ts';
import type {
  AuthenticationSourceJwt,
  AuthenticationSourceJwtFetch,
  AuthenticationSourceJwtKeysJwksKey,
  AuthenticationSourceJwtKeysPublicKey,
  ConfigMapKeyReference,
  SecretKeyReference,
} from './types.gen.ts';

/** An absent value is undefined, an absent list is empty. Durations are in seconds. */
export interface EffectiveJwt extends PresetFields {
  readonly preset: Preset | undefined;
  readonly issuer: string | undefined;
  /** Lower-case GUIDs, or any; empty where the issuer has no `{tenantid}`. */
  readonly tenants: readonly string[] | '*';
  readonly keys: EffectiveKeys;
  readonly fetch: EffectiveFetch;
  readonly algorithms: readonly string[];
  readonly audiences: readonly string[];
  readonly clientIDs: readonly string[];
  readonly tokenTypes: readonly string[];
  readonly clockSkew: number;
  readonly expiration: 'Required' | 'Optional';
  readonly maxTokenAge: number | undefined;
  readonly expressions: readonly { readonly expression: string; readonly message: string }[];
  readonly roles: readonly string[];
}

export type EffectiveKeys =
  /** `url` undefined: the well-known places below the issuer. */
  | { readonly kind: 'discovery'; readonly url: string | undefined }
  | { readonly kind: 'jwksURI'; readonly url: string }
  | { readonly kind: 'jwks'; readonly keys: readonly AuthenticationSourceJwtKeysJwksKey[] }
  | { readonly kind: 'publicKeys'; readonly keys: readonly AuthenticationSourceJwtKeysPublicKey[] }
  | { readonly kind: 'hmac'; readonly keys: readonly EffectiveHmacKey[] };

export interface EffectiveHmacKey {
  readonly kid: string | undefined;
  readonly secretKeyRef: SecretKeyReference;
  readonly encoding: 'Base64URL' | 'Base64' | 'Hex' | 'Text';
}

/** Durations are in seconds. */
export interface EffectiveFetch {
  readonly refreshInterval: number;
  readonly retryInterval: number;
  readonly timeout: number;
  readonly maxStale: number;
  readonly unknownKeyCooldown: number;
  readonly caBundleFrom: CaBundleReference | undefined;
}

export type CaBundleReference =
  | { readonly kind: 'ConfigMap'; readonly ref: ConfigMapKeyReference }
  | { readonly kind: 'Secret'; readonly ref: SecretKeyReference };

/** The error description where an expression without a message is not true. */
export const DEFAULT_EXPRESSION_MESSAGE = 'an expression is not true';

/** Takes a `spec.jwt` that the schema has accepted and given its defaults. */
export function effectiveJwt(jwt: AuthenticationSourceJwt): EffectiveJwt {
  const preset = presetFields(jwt.preset);
  return {
    preset: jwt.preset,
    issuer: jwt.issuer,
    acceptedIssuers: jwt.acceptedIssuers ?? preset.acceptedIssuers,
    tenants: tenants(jwt.tenants ?? []),
    keys: keys(jwt),
    fetch: fetchSettings(jwt.fetch),
    algorithms: jwt.algorithms ?? [],
    audiences: jwt.audiences ?? [],
    clientIDs: jwt.clientIDs ?? [],
    tokenTypes: jwt.tokenTypes ?? [],
    clockSkew: durationSeconds(jwt.clockSkew),
    expiration: jwt.expiration,
    maxTokenAge: jwt.maxTokenAge === undefined ? undefined : durationSeconds(jwt.maxTokenAge),
    requiredClaims:
      jwt.requiredClaims?.map(({ claim, values }) => ({ claim, values: values ?? [] })) ??
      preset.requiredClaims,
    expressions: (jwt.expressions ?? []).map(({ expression, message }) => ({
      expression,
      message: message || DEFAULT_EXPRESSION_MESSAGE,
    })),
    roles: jwt.roles ?? [],
    mapping: { ...preset.mapping, ...jwt.mapping },
  };
}

/** The same as JSON in the shape of `spec.jwt`, for `status.effective`. */
export function effectiveDocument(jwt: EffectiveJwt): JsonObject {
  const { preset, issuer, tenants, keys, fetch, clockSkew, maxTokenAge, ...same } = jwt;
  const { caBundleFrom, ...intervals } = fetch;
  const document = {
    ...(preset !== undefined && { preset }),
    ...(issuer !== undefined && { issuer }),
    tenants: tenants === '*' ? ['*'] : tenants,
    ...(keysDocument(keys) && { keys: keysDocument(keys) }),
    fetch: {
      ...Object.fromEntries(Object.entries(intervals).map(([name, value]) => [name, formatDuration(value)])),
      ...(caBundleFrom && {
        caBundleFrom: {
          [caBundleFrom.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef']: caBundleFrom.ref,
        },
      }),
    },
    ...same,
    clockSkew: formatDuration(clockSkew),
    ...(maxTokenAge !== undefined && { maxTokenAge: formatDuration(maxTokenAge) }),
  };
  return toJson(document);
}

function keysDocument(keys: EffectiveKeys): Readonly<Record<string, JsonValue | object>> | undefined {
  switch (keys.kind) {
    case 'discovery':
      return keys.url === undefined ? undefined : { discoveryURL: keys.url };
    case 'jwksURI':
      return { jwksURI: keys.url };
    case 'jwks':
      return { jwks: { keys: keys.keys } };
    case 'publicKeys':
      return { publicKeys: keys.keys };
    case 'hmac':
      return { hmac: keys.keys };
  }
}

function tenants(list: readonly string[]): readonly string[] | '*' {
  return list.includes('*') ? '*' : list.map((tenant) => tenant.toLowerCase());
}

function keys({ keys }: AuthenticationSourceJwt): EffectiveKeys {
  if (keys?.hmac) {
    return {
      kind: 'hmac',
      keys: keys.hmac.map(({ kid, secretKeyRef, encoding }) => ({
        kid,
        secretKeyRef,
        encoding: encoding ?? 'Base64URL',
      })),
    };
  }
  if (keys?.publicKeys) return { kind: 'publicKeys', keys: keys.publicKeys };
  if (keys?.jwks) return { kind: 'jwks', keys: keys.jwks.keys };
  if (keys?.jwksURI !== undefined) return { kind: 'jwksURI', url: keys.jwksURI };
  return { kind: 'discovery', url: keys?.discoveryURL };
}

function fetchSettings(fetch: AuthenticationSourceJwtFetch): EffectiveFetch {
  const { configMapKeyRef, secretKeyRef } = fetch.caBundleFrom ?? {};
  return {
    refreshInterval: durationSeconds(fetch.refreshInterval),
    retryInterval: durationSeconds(fetch.retryInterval),
    timeout: durationSeconds(fetch.timeout),
    maxStale: durationSeconds(fetch.maxStale),
    unknownKeyCooldown: durationSeconds(fetch.unknownKeyCooldown),
    caBundleFrom: configMapKeyRef
      ? { kind: 'ConfigMap', ref: configMapKeyRef }
      : secretKeyRef && { kind: 'Secret', ref: secretKeyRef },
  };
}

/** The schema's pattern has let only durations through. */
export function durationSeconds(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new Error(`Not a duration: ${text}`);
  return value;
}

/** Policies as the control plane sends them, for tests of the feed that follows it. */

import { bindingPolicy, sourcePolicy } from '../../../test/support/policy.ts';
import { serializeEnvelope } from '../../policy/envelope.ts';
import {
  FORMAT_FIELD,
  formatEntityTag,
  formatKeysChecked,
  KEYS_CHECKED_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT, type Policy, type PublicJwk } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';

export const MAX_STALE = 86_400;

/** A source whose keys are fetched. */
export const fetched = (changes: Partial<JwtPolicy> = {}): JwtPolicy =>
  sourcePolicy({ maxStale: MAX_STALE, ...changes });

export const UNAVAILABLE = { keys: { kind: 'unavailable' } } as const;

export const hmac = (changes: Partial<JwtPolicy> = {}): JwtPolicy =>
  sourcePolicy({
    id: 'shop/hmac',
    uid: 'uid-hmac',
    issuers: ['https://hmac.example'],
    keys: { kind: 'hmac', keys: [{ secret: 'shop/s/k', secretRevision: '1' }] },
    ...changes,
  });

/** A key that makes a set of keys another one; no test verifies with it. */
export const key = (kid: string): PublicJwk => ({ kty: 'RSA', kid, n: 'AQ', e: 'AQAB' });

/** Of one binding named by `name`, so that another name is another policy. */
export function policyOf(name: string, sources: readonly JwtPolicy[] = [fetched()]): Policy {
  const content = {
    format: POLICY_FORMAT,
    sources,
    bindings: [bindingPolicy({ sources: sources.map(({ id }) => id) }, { id: `shop/${name}` })],
  } as const;
  return { ...content, version: policyVersion(content) };
}

export function fieldsOf(
  policy: Policy,
  keysChecked: Readonly<Record<string, number>> = {},
): Readonly<Record<string, string>> {
  return {
    etag: formatEntityTag(policy.version),
    [FORMAT_FIELD]: String(POLICY_FORMAT),
    [KEYS_CHECKED_FIELD]: formatKeysChecked(new Map(Object.entries(keysChecked))),
  };
}

/** What a 200 is made of. */
export function sent(
  policy: Policy,
  keysChecked: Readonly<Record<string, number>> = {},
  secrets: Readonly<Record<string, Uint8Array>> = {},
): [status: number, headers: Readonly<Record<string, string>>, body: string] {
  return [200, fieldsOf(policy, keysChecked), serializeEnvelope(policy, new Map(Object.entries(secrets)))];
}

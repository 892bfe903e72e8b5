/** A policy server on a free port, policies that a test writes, and an API server that knows the tokens it has given out. */

import { freePort } from '../../../dev/ports.ts';
import type { Clock } from '../../base/clock.ts';
import { type Authority, createAuthority } from '../../issuers/testing/certificates.ts';
import { type Outcome, ok } from '../../kubernetes/errors.ts';
import type { TokenVerdict } from '../../kubernetes/token-review.ts';
import { POLICY_FORMAT, type Policy, type PolicyUpdate } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import { changingCertificates } from '../../process/testing/certificates.ts';
import type { JwtPolicy } from '../../sources/jwt/policy.ts';
import type { Reader, ServedPolicies, ServedPolicy } from '../server/served-policies.ts';
import { createPolicyServer } from '../server/server.ts';
import type { PolicyServerParts } from '../server/server-parts.ts';
import { ask, type PollOptions, pollOf, type Question } from './policy-questions.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z');

const SOURCE: JwtPolicy = {
  id: 'shop/okta',
  uid: 'uid-okta',
  revision: '1',
  issuers: ['https://issuer.example'],
  keys: { kind: 'public', keys: [{ kty: 'RSA', kid: 'a', n: 'AQ', e: 'AQAB' }] },
  maxStale: 86_400,
  algorithms: [],
  audiences: [],
  clientIDs: [],
  tokenTypes: [],
  clockSkew: 30,
  expiration: 'Required',
  requiredClaims: [],
  expressions: [],
  roles: [],
  mapping: { user: ['sub'], name: ['sub'], roles: [], rolesSeparator: '', scopes: [], client: [] },
};

/** Another name is another policy; `size` bindings make it as large as one likes. */
export function updateOf(
  name: string,
  { checked, size = 1, uid = SOURCE.uid }: { checked?: number; size?: number; uid?: string } = {},
): PolicyUpdate {
  const nothing = {
    user: '',
    roles: '',
    scopes: '',
    source: '',
    payload: '',
    claims: [],
    token: 'Keep',
  } as const;
  const content: Omit<Policy, 'version'> = {
    format: POLICY_FORMAT,
    sources: [{ ...SOURCE, uid }],
    bindings: Array.from({ length: size }, (_, i) => ({
      id: `shop/${name}-${i}`,
      hosts: [`h${i}.example`],
      ports: [],
      mode: 'Enforce' as const,
      forward: nothing,
      judgement: { kind: 'invalid' as const, problem: 'a policy for tests' },
    })),
  };
  return {
    policy: { ...content, version: policyVersion(content) },
    secrets: new Map(),
    keysChecked: new Map(checked === undefined ? [] : [[uid, checked]]),
  };
}

const keyOf = ({ pod, gateway }: Reader): string =>
  gateway === undefined ? `pod ${pod}` : `gateway ${gateway}`;

export function fakePolicies() {
  const pods = new Map<string, string>();
  const entries = new Map<string, ServedPolicy>();
  const listeners = new Set<Parameters<ServedPolicies['onChange']>[0]>();
  let otherwise: ServedPolicy = { kind: 'unknown' };
  const policies: ServedPolicies = {
    livePod: (pod) => pods.get(pod),
    policyOf: (reader) => entries.get(keyOf(reader)) ?? otherwise,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell = (...ids: string[]) => {
    for (const listener of listeners) listener({ pods: ids, gateways: [] });
  };
  return {
    policies,
    pods,
    tell,
    /** For all that have no entry of their own. */
    otherwise: (entry: ServedPolicy) => {
      otherwise = entry;
    },
    /** As `tell`, without which nobody hears of it. */
    write: (reader: Reader, entry: ServedPolicy) => void entries.set(keyOf(reader), entry),
    publishTo: (gateway: string, update: PolicyUpdate) => {
      entries.set(keyOf({ pod: '', gateway }), { kind: 'policy', update });
      for (const listener of listeners) listener({ pods: [], gateways: [gateway] });
    },
    publish: (update: PolicyUpdate, ...ids: string[]) => {
      for (const pod of ids) entries.set(keyOf({ pod, gateway: undefined }), { kind: 'policy', update });
      tell(...ids);
    },
  };
}

export interface TokenOptions {
  readonly pod?: string;
  readonly uid?: string;
  readonly expires?: number;
  /** Tells apart what is otherwise the same. */
  readonly id?: string;
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** With a signature that nobody checks. */
export function tokenFor({
  pod = 'shop/a',
  uid = `uid-${pod}`,
  expires = NOW / 1000 + 3600,
  id = '',
}: TokenOptions = {}) {
  const [namespace, name] = pod.split('/');
  const bound = { namespace, pod: { name, uid }, serviceaccount: { name: 'default', uid: 'sa' } };
  const claims = { aud: ['portcullis'], exp: expires, jti: id, 'kubernetes.io': bound };
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** What the API server says of a token that it has bound to a pod. */
export function vouch(
  pod = 'shop/a',
  uid = `uid-${pod}`,
  audiences: readonly string[] = ['portcullis'],
): TokenVerdict {
  const [namespace = '', name = ''] = pod.split('/');
  const prefix = 'authentication.kubernetes.io/pod-';
  return {
    kind: 'authenticated',
    audiences,
    user: {
      username: `system:serviceaccount:${namespace}:default`,
      uid: 'sa',
      groups: [],
      extra: { [`${prefix}name`]: [name], [`${prefix}uid`]: [uid] },
    },
  };
}

export interface SetUp extends Partial<Omit<PolicyServerParts, 'time' | 'policies' | 'certificates'>> {
  readonly clock: Clock;
  /** As of a leader before. */
  readonly port?: number;
  readonly authority?: Authority;
}

export async function startPolicyServer({ clock, port: wanted, authority: known, ...changes }: SetUp) {
  const authority = known ?? (await createAuthority('portcullis'));
  const { policies, ...pages } = fakePolicies();
  const verdicts = new Map<string, Outcome<TokenVerdict>>();
  const reviewed: string[] = [];
  const lines: string[] = [];
  const statuses: number[] = [];
  const bugs: unknown[] = [];
  const certificates = changingCertificates(await authority.issue(['127.0.0.1']));
  const hear = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const server = createPolicyServer(
    { host: '127.0.0.1', port: wanted ?? (await freePort(0)), namespace: 'portcullis-system' },
    {
      policies,
      clock,
      random: () => 0.5,
      judge: {
        prove: async () => 'ask',
        review: async (token) => {
          reviewed.push(token);
          return verdicts.get(token) ?? ok({ kind: 'unknown' });
        },
      },
      refreshKeys: () => undefined,
      refreshCooldown: () => 30,
      onWouldDeny: () => {},
      isLeading: () => true,
      certificates,
      log: { info: hear, warn: hear, error: hear },
      metrics: { answered: (status) => void statuses.push(status), reviewed: () => {} },
      onBug: (error) => void bugs.push(error),
      ...changes,
    },
  );
  const port = await server.listen();
  const target = { port, authority };
  return {
    server,
    port,
    authority,
    reviewed,
    lines,
    statuses,
    bugs,
    verdicts,
    ...pages,
    /** A pod that lives, and its token. */
    admit: (pod = 'shop/a', options: TokenOptions = {}): string => {
      const token = tokenFor({ pod, ...options });
      pages.pods.set(pod, `uid-${pod}`);
      verdicts.set(token, ok(vouch(pod)));
      return token;
    },
    ask: (question: Question) => ask(target, question),
    poll: (token: string, options: PollOptions = {}) => ask(target, pollOf(token, options)),
    rotate: certificates.change,
    /** The versions that the validator of shop/a has said that it enforces, and that it could not apply. */
    said: () => {
      const validator = server.validators.reportOf('shop/a', 'uid-shop/a');
      return [validator?.version, validator?.rejected?.version];
    },
    /** Resolves when so many questions are held. */
    held: async (count: number) => {
      while (server.polls() !== count) await new Promise((resolve) => setTimeout(resolve, 2));
    },
  };
}

/** Status and entity tag of an answer. */
export async function tagOf(reply: ReturnType<typeof ask>) {
  const { status, headers } = await reply;
  return [status, headers.etag];
}

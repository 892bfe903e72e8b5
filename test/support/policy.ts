/** Policies for tests: every field at the contract's default, so that a test names only what it is about. */

import type {
  BindingPolicy,
  Judgement,
  Policy,
  PolicyUpdate,
  Requirements,
  RulePolicy,
  SourcePolicy,
} from '../../src/policy/policy.ts';
import { isJwtPolicy, type JwtPolicy } from '../../src/sources/jwt/policy.ts';
import { publicJwk } from './tokens.ts';

export const ISSUER = 'https://issuer.example';

export function sourcePolicy(changes: Partial<JwtPolicy> = {}): JwtPolicy {
  return {
    id: 'shop/okta',
    uid: 'uid-okta',
    revision: '1',
    issuers: [ISSUER],
    keys: { kind: 'public', keys: [publicJwk('RS256')] },
    algorithms: [],
    audiences: [],
    clientIDs: [],
    tokenTypes: [],
    clockSkew: 30,
    expiration: 'Required',
    requiredClaims: [],
    expressions: [],
    roles: [],
    mapping: {
      user: ['sub'],
      name: ['preferred_username', 'sub'],
      roles: ['groups'],
      rolesSeparator: '',
      scopes: ['scope', 'scp'],
      client: ['azp', 'client_id', 'cid', 'appid'],
    },
    ...changes,
  };
}

/** A source's policy, of which it is known that it is a JWT source's. */
export function asJwt(policy: SourcePolicy | undefined): JwtPolicy {
  if (policy === undefined || !isJwtPolicy(policy)) throw new Error('there is no JWT source');
  return policy;
}

type Rules = Extract<Judgement, { kind: 'rules' }>;

export function bindingPolicy(
  rules: Partial<Omit<Rules, 'kind'>> = {},
  changes: Partial<BindingPolicy> = {},
): BindingPolicy {
  return {
    id: 'shop/orders',
    hosts: [],
    ports: [],
    mode: 'Enforce',
    forward: {
      user: 'x-auth-user',
      roles: 'x-auth-roles',
      scopes: 'x-auth-scopes',
      source: 'x-auth-source',
      payload: '',
      claims: [],
      token: 'Keep',
    },
    judgement: {
      kind: 'rules',
      sources: ['shop/okta'],
      credentials: [{ in: 'Header', name: 'Authorization', scheme: 'Bearer' }],
      pathMatching: { case: 'Unknown', trailingSlash: 'Unknown' },
      rules: [],
      cors: { preflight: 'Allow', allowOrigins: [] },
      realm: 'shop/orders',
      resourceMetadata: '',
      ...rules,
    },
    ...changes,
  };
}

export interface RuleChanges extends Partial<Omit<RulePolicy, 'match' | 'require'>> {
  readonly match?: Partial<RulePolicy['match']>;
  readonly require?: Partial<Requirements>;
}

export function rulePolicy({ match, require, ...changes }: RuleChanges = {}): RulePolicy {
  return {
    name: 'rule',
    authentication: 'Required',
    ...changes,
    match: { paths: [], methods: [], hosts: [], ...match },
    require: {
      roles: NOTHING,
      scopes: NOTHING,
      claims: [],
      clients: { anyOf: [], noneOf: [] },
      expressions: [],
      ...require,
    },
  };
}

export const NOTHING = { anyOf: [], allOf: [], noneOf: [] };

export const any = (...anyOf: string[]) => ({ ...NOTHING, anyOf });
export const all = (...allOf: string[]) => ({ ...NOTHING, allOf });
export const none = (...noneOf: string[]) => ({ ...NOTHING, noneOf });
export const cel = (expression: string) => ({ expressions: [{ expression, message: 'not your account' }] });

export function policyUpdate(
  bindings: readonly BindingPolicy[],
  sources: readonly JwtPolicy[] = [sourcePolicy()],
  beside: Partial<Omit<PolicyUpdate, 'policy'>> = {},
): PolicyUpdate {
  const policy: Policy = { format: 1, version: 'v1', sources, bindings };
  return { policy, secrets: new Map(), keysChecked: new Map(), ...beside };
}

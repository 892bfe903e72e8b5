import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy, NOTHING, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { TOKEN_REASONS } from '../sources/jwt/reasons.ts';
import { deny, internalError } from './answers.ts';
import { prepareBinding } from './binding.ts';
import { MAX_SCOPE } from './challenge.ts';
import type { Decision, Denied } from './decision.ts';
import { REASONS, type Reason } from './reasons.ts';

const binding = finishSteps(prepareBinding(bindingPolicy()));

function denied(decision: Decision): Denied {
  if (decision.outcome !== 'denied') throw new Error(decision.outcome);
  return decision;
}

const refuse = (reason: Reason, detail = 'd') =>
  denied(deny({ request: request(), binding }, { reason, detail }));
const challengeOf = (decision: Decision) => headerOf(decision, 'www-authenticate');

/** The contract's table, word for word. */
const TABLE: readonly (readonly [
  status: number,
  challenge: string | undefined,
  reasons: readonly Reason[],
])[] = [
  [401, 'bare', ['token_missing']],
  [
    401,
    'invalid_token',
    [
      'token_malformed',
      'token_encrypted',
      'token_bound',
      'algorithm_not_allowed',
      'issuer_unknown',
      'key_unknown',
      'signature_invalid',
      'type_not_allowed',
      'audience_mismatch',
      'client_not_allowed',
      'token_expired',
      'token_not_yet_valid',
      'token_too_old',
      'claim_rejected',
      'groups_overage',
    ],
  ],
  [401, 'insufficient_user_authentication', ['authentication_insufficient']],
  [400, 'invalid_request', ['token_ambiguous']],
  [400, undefined, ['path_ambiguous', 'request_malformed', 'version_unsupported']],
  [403, 'insufficient_scope', ['scope_insufficient']],
  [
    403,
    undefined,
    [
      'role_mismatch',
      'claim_mismatch',
      'client_mismatch',
      'expression_denied',
      'access_denied',
      'origin_not_allowed',
      'host_unbound',
      'metadata_undeliverable',
      'identity_too_large',
    ],
  ],
  [405, undefined, ['method_not_allowed']],
  [503, undefined, ['keys_unavailable', 'policy_missing', 'binding_invalid', 'overloaded', 'internal_error']],
];

describe('every reason', () => {
  it('stands in the table once', () => {
    expect(TABLE.flatMap(([, , reasons]) => reasons).sort()).toEqual(Object.keys(REASONS).sort());
    for (const reason of TOKEN_REASONS) expect(REASONS).toHaveProperty(reason);
  });

  it.each(
    TABLE.flatMap(([status, challenge, reasons]) =>
      reasons.map((reason) => [reason, status, challenge] as const),
    ),
  )('%s answers %i', (reason, status, challenge) => {
    const answer = refuse(reason);
    expect(answer).toMatchObject({ outcome: 'denied', reason, status });
    expect(headerOf(answer, 'content-type')).toBe('application/problem+json');
    expect(headerOf(answer, 'cache-control')).toBe('no-store');
    expect(headerOf(answer, 'retry-after') !== undefined).toBe(status === 503);
    expect(JSON.parse(answer.body)).toEqual({
      type: `https://portcullis.dev/problems/${reason}`,
      title: REASONS[reason].title,
      status,
      detail: 'd',
      reason,
    });
    const text = challengeOf(answer);
    if (challenge === undefined) expect(text).toBeUndefined();
    else if (challenge === 'bare') expect(text).toBe('Bearer realm="shop/orders"');
    else expect(text).toBe(`Bearer realm="shop/orders", error="${challenge}", error_description="d"`);
  });
});

describe('the challenge', () => {
  it('asks for the scopes that would do', () => {
    const require = { scopes: { allOf: ['a', 'b'], anyOf: ['c', 'd'], noneOf: [] } };
    const decision = decide(
      enforce(bindingPolicy({ rules: [rulePolicy({ require })] })),
      request({ token: joe() }),
    );
    expect(challengeOf(decision)).toContain('error="insufficient_scope"');
    expect(challengeOf(decision)).toContain('scope="a b c"');
    const any = { scopes: { ...NOTHING, noneOf: ['x'] } };
    const without = decide(
      enforce(bindingPolicy({ rules: [rulePolicy({ require: any })] })),
      request({ token: joe({ scope: 'x' }) }),
    );
    expect(challengeOf(without)).not.toContain('scope=""');
  });

  it('of a 401 asks for the scopes of the rule, with no token and with one that is not good', () => {
    const require = { scopes: { allOf: ['a', 'b'], anyOf: ['c', 'd'], noneOf: [] } };
    const enforcer = enforce(bindingPolicy({ rules: [rulePolicy({ require })] }));
    expect(challengeOf(decide(enforcer, request()))).toBe('Bearer realm="shop/orders", scope="a b c"');
    expect(challengeOf(decide(enforcer, request({ token: 'x' })))).toMatch(
      /error="invalid_token", error_description="[^"]*", scope="a b c"$/,
    );
    // Two tokens are no reason to ask for another.
    const two = request({ headers: { authorization: 'Bearer x, Bearer y' } });
    expect(decide(enforcer, two)).toMatchObject({ status: 400 });
    expect(challengeOf(decide(enforcer, two))).not.toContain('scope=');
    // No rule, or none that asks for scopes.
    expect(challengeOf(decide(enforce(bindingPolicy()), request()))).not.toContain('scope=');
    expect(challengeOf(decide(enforce(bindingPolicy({ rules: [rulePolicy()] })), request()))).toBe(
      'Bearer realm="shop/orders"',
    );
  });

  it('leaves out what no client could ask for, and says nothing twice', () => {
    const require = { scopes: { allOf: ['a', 'b c', 'd"', 'e\\', 'é', 'a'], anyOf: ['a'], noneOf: [] } };
    const enforcer = enforce(bindingPolicy({ rules: [rulePolicy({ require })] }));
    expect(challengeOf(decide(enforcer, request()))).toBe('Bearer realm="shop/orders", scope="a"');
  });

  it('points to the resource metadata (RFC 9728), also where no token came', () => {
    const resourceMetadata = 'https://api.example/.well-known/oauth-protected-resource';
    const enforcer = enforce(bindingPolicy({ realm: 'orders', resourceMetadata }));
    expect(challengeOf(decide(enforcer, request()))).toBe(
      `Bearer realm="orders", resource_metadata="${resourceMetadata}"`,
    );
    expect(challengeOf(decide(enforcer, request({ token: 'x' })))).toContain(
      `resource_metadata="${resourceMetadata}"`,
    );
  });

  it('cannot be broken out of', () => {
    const enforcer = enforce(bindingPolicy({ realm: 'a"b\\c\r\nd\u00e9' }));
    expect(challengeOf(decide(enforcer, request()))).toBe(`Bearer realm="a'b'c??d?"`);
  });

  it('leaves out scopes that are too long together, rather than a part of them', () => {
    const scopes = (length: number) =>
      challengeOf(
        deny(
          { request: request(), binding },
          { reason: 'scope_insufficient', detail: 'd', scopes: ['a', 'b'.repeat(length - 2)] },
        ),
      );
    expect(scopes(MAX_SCOPE)).toContain(`scope="a ${'b'.repeat(MAX_SCOPE - 2)}"`);
    expect(scopes(MAX_SCOPE + 1)).not.toContain('scope=');
  });
});

describe('a gRPC caller', () => {
  it.each([
    ['request_malformed', 'application/grpc+proto', '3'],
    ['request_malformed', 'application/json', undefined],
    ['request_malformed', undefined, undefined],
    ['access_denied', 'application/grpc', undefined],
  ] as const)('refused for %s with content type %s is told %s', (reason, contentType, expected) => {
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const decision = deny({ request: request({ headers }), binding }, { reason, detail: 'd' });
    expect(headerOf(decision, 'grpc-status')).toBe(expected);
  });
});

describe('CORS', () => {
  const from = (origin: string | undefined, allowOrigins: readonly string[]) =>
    decide(
      enforce(bindingPolicy({ cors: { preflight: 'Allow', allowOrigins } })),
      request({ headers: origin === undefined ? {} : { origin } }),
    );

  it('lets pages of the named origins read a denial, and no others', () => {
    const allowed = from('https://a.example', ['https://a.example']);
    expect(headerOf(allowed, 'access-control-allow-origin')).toBe('https://a.example');
    expect(headerOf(allowed, 'vary')).toBe('Origin');
    expect(headerOf(allowed, 'access-control-expose-headers')).toContain('WWW-Authenticate');
    for (const origin of ['https://b.example', 'https://a.example.b.example', 'null', undefined]) {
      expect(headerOf(from(origin, ['https://a.example']), 'access-control-allow-origin')).toBeUndefined();
    }
    expect(headerOf(from('https://a.example', []), 'vary')).toBeUndefined();
  });
});

describe('a denial', () => {
  it('holds no part of the token but what the role texts name', () => {
    const secret = 'zz-secret-zz';
    const tokens = [
      joe({ iss: secret }),
      joe({ aud: secret, exp: 1 }),
      joe({ cnf: secret }),
      joe({ [secret]: secret, department: secret }),
      `${secret}.${secret}.${secret}`,
    ];
    const rules = [
      rulePolicy({ require: { claims: [{ claim: 'department', ...NOTHING, anyOf: ['ops'] }] } }),
    ];
    for (const token of tokens) {
      // `mismatch` goes to the log alone.
      const { mismatch: _, ...answer } = denied(
        decide(enforce(bindingPolicy({ rules })), request({ token })),
      );
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
  });

  it('is what a failure becomes', () => {
    expect(internalError(request())).toMatchObject({
      outcome: 'denied',
      status: 503,
      reason: 'internal_error',
    });
  });
});

describe('the troubleshooting page', () => {
  it('has a heading for every reason', () => {
    const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
    for (const reason of Object.keys(REASONS)) expect(page).toContain(`### \`${reason}\``);
  });
});

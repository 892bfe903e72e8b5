import { describe, expect, it } from 'vitest';
import { headerOf, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { CLAIMS, NOW, withClaims } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import type { JwtPolicy } from '../sources/jwt/policy.ts';
import type { Asker } from './spending.ts';
import { enforcerFor, setUp } from './testing/authorizer.ts';

const good = withClaims({});

describe('at once', () => {
  it('without a policy', () => {
    const { now, state } = setUp();
    state.enforcer = undefined;
    expect(verdict(now({ token: good }))).toBe('denied policy_missing');
  });
  it('without a token', () => {
    const { now, counts } = setUp();
    expect(verdict(now({}))).toBe('denied token_missing');
    expect(counts).toMatchObject({ hits: 0, misses: 0 });
  });
  it('with a cheap signature, which is then cached', () => {
    const { now, counts, cache } = setUp();
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    expect(counts).toMatchObject({ hits: 1, misses: 1 });
    expect(cache.entries).toBe(1);
  });
});

it('a user whose id cannot be spelt is told of once for a token, and named by the next claim', () => {
  const { now, state, unspelt, counts } = setUp();
  const { mapping } = sourcePolicy();
  state.enforcer = enforcerFor({ mapping: { ...mapping, user: ['uid', 'sub'] } });
  const text = token({ claims: { ...CLAIMS, uid: 2 ** 60 } });
  for (let i = 0; i < 2; i++) expect(now({ token: text })).toMatchObject({ outcome: 'allowed', user: 'joe' });
  expect([unspelt, counts.hits]).toEqual([['shop/okta uid'], 1]);
  now({ token: token({ claims: { ...CLAIMS, uid: 17 } }) });
  expect(unspelt).toHaveLength(1);
});

describe('never cached', () => {
  it.each([
    ['a forged signature', `${good.slice(0, -8)}AAAAAAAA`, 'signature_invalid'],
    ['an expired token', withClaims({ exp: NOW - 60 }), 'token_expired'],
    ['a malformed token', 'nonsense', 'token_malformed'],
    ['a token that is too long', `${good}${'A'.repeat(17_000)}`, 'token_malformed'],
    ['a token bound to its sender', withClaims({ cnf: {} }), 'token_bound'],
  ])('%s', (_, text, reason) => {
    const { now, cache } = setUp();
    expect(verdict(now({ token: text }))).toBe(`denied ${reason}`);
    expect(cache.entries).toBe(0);
  });
});

describe('a cached token', () => {
  it('gives the same headers as a fresh one', () => {
    const { now, counts } = setUp();
    const text = withClaims({ groups: ['admin', 'ops, eu'], scope: 'a b' });
    const fresh = now({ token: text });
    const cached = now({ token: text });
    expect(counts.hits).toBe(1);
    expect(cached).toEqual(fresh);
    expect(headerOf(cached, 'x-auth-roles')).toBe('admin,ops%2C%20eu');
  });

  it('is judged by the rules of every request anew', () => {
    const { now, state, counts } = setUp();
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    const rule = rulePolicy({ require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } } });
    state.enforcer = finishSteps(prepareEnforcer(policyUpdate([bindingPolicy({ rules: [rule] })])));
    expect(verdict(now({ token: good }))).toBe('denied role_mismatch');
    expect(counts.hits).toBe(1);
  });

  it('expires', () => {
    const { now, clock, cache } = setUp();
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    clock.advance(629_999);
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    clock.advance(1);
    expect(verdict(now({ token: good }))).toBe('denied token_expired');
    expect(cache.entries).toBe(0);
  });

  it('asks for another login once that is too long ago, though it is good itself', () => {
    const { now, clock, state, counts } = setUp();
    const rule = rulePolicy({ require: { authentication: { acr: [], maxAge: 60 } } });
    state.enforcer = finishSteps(prepareEnforcer(policyUpdate([bindingPolicy({ rules: [rule] })])));
    const text = withClaims({ auth_time: NOW });
    expect(verdict(now({ token: text }))).toBe('allowed authenticated');
    clock.advance(90_000);
    expect(verdict(now({ token: text }))).toBe('allowed authenticated');
    clock.advance(1000);
    expect(verdict(now({ token: text }))).toBe('denied authentication_insufficient');
    expect(counts).toMatchObject({ hits: 2, misses: 1 });
  });

  it('grows too old', () => {
    const { now, clock, state } = setUp();
    state.enforcer = enforcerFor({ maxTokenAge: 120 });
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    clock.advance(91_000);
    expect(verdict(now({ token: good }))).toBe('denied token_too_old');
  });

  it('is worth nothing once its keys are stale, and something again when they are fresh', () => {
    const { now, clock, state, counts } = setUp();
    state.enforcer = enforcerFor({ maxStale: 100 }, NOW);
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    clock.advance(101_000);
    expect(verdict(now({ token: good }))).toBe('denied keys_unavailable');
    state.enforcer = enforcerFor({ maxStale: 100 }, NOW + 101);
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    expect(counts).toMatchObject({ hits: 2, misses: 1 });
  });

  it.each<[string, Partial<JwtPolicy>, string]>([
    ['its key is gone', { keys: { kind: 'public', keys: [publicJwk('RS256', 'b')] } }, 'key_unknown'],
    ['its source changed', { revision: '2', audiences: ['api'] }, 'audience_mismatch'],
    ['all keys are gone', { keys: { kind: 'unavailable' } }, 'keys_unavailable'],
    [
      'its source is another object of that name',
      { uid: 'new', algorithms: ['ES256'] },
      'algorithm_not_allowed',
    ],
  ])('is worth nothing once %s', (_, changes, reason) => {
    const { now, state } = setUp();
    expect(verdict(now({ token: good }))).toBe('allowed authenticated');
    state.enforcer = enforcerFor(changes);
    expect(verdict(now({ token: good }))).toBe(`denied ${reason}`);
  });

  it('is not taken by a binding that would have asked another source', () => {
    const open = sourcePolicy({ id: 'shop/open', uid: 'uid-open', issuers: [] });
    const strict = sourcePolicy({ keys: { kind: 'public', keys: [publicJwk('RS256', 'b', { kid: 'a' })] } });
    const enforcer = finishSteps(
      prepareEnforcer(
        policyUpdate(
          [
            bindingPolicy({ sources: ['shop/open'] }, { id: 'shop/one', hosts: ['one.example'] }),
            bindingPolicy(
              { sources: ['shop/open', 'shop/okta'] },
              { id: 'shop/two', hosts: ['two.example'] },
            ),
          ],
          [open, strict],
        ),
      ),
    );
    const { now, state, cache } = setUp();
    state.enforcer = enforcer;
    expect(verdict(now({ token: good, host: 'one.example' }))).toBe('allowed authenticated');
    expect(cache.entries).toBe(1);
    // There the token's issuer is okta's, whose key never signed it.
    expect(verdict(now({ token: good, host: 'two.example' }))).toBe('denied signature_invalid');
    expect(verdict(now({ token: good, host: 'one.example' }))).toBe('allowed authenticated');
  });
});

describe('a dear signature', () => {
  const dear = token({ alg: 'ES512', claims: CLAIMS });
  const dearKeys = enforcerFor({ keys: { kind: 'public', keys: [publicJwk('ES512')] } });

  it('waits in the queue, and is cached after it', async () => {
    const { authorize, now, state, counts } = setUp();
    state.enforcer = dearKeys;
    const decision = authorize(request({ token: dear }));
    expect(decision).toBeInstanceOf(Promise);
    expect(verdict(await decision)).toBe('allowed authenticated');
    expect(verdict(now({ token: dear }))).toBe('allowed authenticated');
    expect(counts).toMatchObject({ queued: 1, hits: 1 });
  });

  it('that is bad is refused, and not cached', async () => {
    const { authorize, state, cache } = setUp({ queue: { submit: () => Promise.resolve(false) } });
    state.enforcer = dearKeys;
    expect(verdict(await authorize(request({ token: dear })))).toBe('denied signature_invalid');
    expect(cache.entries).toBe(0);
  });

  it('that gave way to others is overloaded, and not cached', async () => {
    const asked: string[] = [];
    const queue = {
      submit: (_: unknown, { namespace, source, client }: Asker) => {
        asked.push([namespace, source, client].join(' '));
        return Promise.resolve('overloaded' as const);
      },
    };
    const { authorize, state, cache } = setUp({ queue });
    state.enforcer = dearKeys;
    const asking = request({ token: dear });
    expect(verdict(await authorize(asking, '2001:db8:1:2::3'))).toBe('denied overloaded');
    expect([cache.entries, asked]).toEqual([0, ['shop uid-okta 2001:db8:1:2::/64']]);
  });

  it('over the bound is overloaded', () => {
    const { now, state } = setUp({ queue: { submit: () => 'overloaded' } });
    state.enforcer = dearKeys;
    expect(now({ token: dear })).toMatchObject({ reason: 'overloaded', status: 503, source: 'shop/okta' });
  });

  it('is not looked at when something cheap speaks against the token', () => {
    const { now, state, counts } = setUp();
    state.enforcer = dearKeys;
    const expired = token({ alg: 'ES512', claims: { ...CLAIMS, exp: NOW - 60 } });
    expect(verdict(now({ token: expired }))).toBe('denied token_expired');
    expect(counts.queued).toBe(0);
  });
});

describe('a bug is a denial', () => {
  it('at once', () => {
    const bug = new Error('bug');
    const { now, errors } = setUp({
      enforcer: () => {
        throw bug;
      },
    });
    expect(now({ token: good })).toMatchObject({ outcome: 'denied', reason: 'internal_error', status: 503 });
    expect(errors).toEqual([bug]);
  });

  it('and later', async () => {
    const bug = new Error('bug');
    const { authorize, state, errors } = setUp({ queue: { submit: () => Promise.reject(bug) } });
    state.enforcer = enforcerFor({ keys: { kind: 'public', keys: [publicJwk('ES512')] } });
    const decision = await authorize(request({ token: token({ alg: 'ES512', claims: CLAIMS }) }));
    expect(verdict(decision)).toBe('denied internal_error');
    expect(errors).toEqual([bug]);
  });
});

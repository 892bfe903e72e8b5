import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy } from '../../test/support/policy.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { isPassing } from './decision.ts';
import { MAX_IDENTITY } from './forwarding.ts';

const withForward = (forward: Partial<BindingPolicy['forward']>, more: Partial<BindingPolicy> = {}) =>
  bindingPolicy({}, { forward: { ...bindingPolicy().forward, ...forward }, ...more });

const ask = (claims: object, binding = bindingPolicy(), headers: Record<string, string> = {}) =>
  decide(enforce(binding), request({ token: joe(claims), headers }));

/** Each character comes to six in a header. */
const encoded = (length: number) => 'é'.repeat(length);

const setBytes = (decision: ReturnType<typeof ask>): number =>
  isPassing(decision)
    ? decision.upstream.set.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    : 0;

describe('what names the user to the app', () => {
  const others = setBytes(ask({})) + 'x-auth-roles'.length;
  const room = MAX_IDENTITY - others;

  it('may come to 24 KiB in all, names and values', () => {
    const text = (bytes: number) => [encoded(Math.floor(bytes / 6)) + 'x'.repeat(bytes % 6)];
    const largest = ask({ groups: text(room) });
    expect([largest.outcome, setBytes(largest)]).toEqual(['allowed', MAX_IDENTITY]);
    expect(ask({ groups: text(room + 1) })).toMatchObject({
      outcome: 'denied',
      reason: 'identity_too_large',
      status: 403,
      source: 'shop/okta',
      user: 'joe',
    });
  });

  it('is refused wherever it is too large: the user, the payload, one claim in many headers', () => {
    expect(ask({ sub: encoded(4500) }).reason).toBe('identity_too_large');
    expect(ask({ scope: encoded(4500) }).reason).toBe('identity_too_large');
    const payload = withForward({ payload: 'x-payload', roles: 'x-auth-roles' });
    expect(ask({ groups: ['x'.repeat(5000)], more: 'x'.repeat(6500) }, payload).outcome).toBe('allowed');
    expect(ask({ groups: [encoded(1700)], more: 'x'.repeat(8000) }, payload).reason).toBe(
      'identity_too_large',
    );
    const claims = Array.from({ length: 12 }, (_, i) => ({ claim: 'big', header: `x-big-${i}` }));
    const many = bindingPolicy({}, { forward: { ...bindingPolicy().forward, claims } });
    expect(ask({ big: 'x'.repeat(1500) }, many).outcome).toBe('allowed');
    expect(ask({ big: 'x'.repeat(3000) }, many).reason).toBe('identity_too_large');
  });

  it('does not count where it is not forwarded', () => {
    expect(ask({ groups: [encoded(5000)] }, withForward({ roles: '' })).outcome).toBe('allowed');
  });

  it('that is too large passes in mode Audit, and nothing of it is forwarded', () => {
    const audited = ask({ groups: [encoded(5000)] }, bindingPolicy({}, { mode: 'Audit' }));
    expect(audited).toMatchObject({ outcome: 'audit_denied', reason: 'identity_too_large' });
    expect(setBytes(audited)).toBe(0);
    expect(headerOf(audited, 'x-auth-roles')).toBeUndefined();
  });

  it('leaves room for the cookies that a token is taken out of', () => {
    const credentials = [
      { in: 'Header', name: 'authorization', scheme: 'Bearer' },
      { in: 'Cookie', name: 'session', origins: [] },
    ] as const;
    const binding = bindingPolicy(
      { credentials },
      { forward: { ...bindingPolicy().forward, token: 'Remove' } },
    );
    const withCookies = (bytes: number) => {
      const cookie = `session=${joe({ groups: [encoded(3000)] })}; theme=${'d'.repeat(bytes)}`;
      return decide(enforce(binding), request({ headers: { cookie } }));
    };
    expect(withCookies(30_000).outcome).toBe('allowed');
    expect(withCookies(42_000).reason).toBe('identity_too_large');
  });
});

import { describe, expect, it } from 'vitest';
import { request, verdict } from '../../test/support/decide.ts';
import { policyUpdate } from '../../test/support/policy.ts';
import { publicJwk, signingKey, token } from '../../test/support/tokens.ts';
import { CLAIMS, NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { KEY_WAIT } from './authorizer.ts';
import { enforcerFor, setUp } from './testing/authorizer.ts';

describe('an unknown key', () => {
  const fetched = { maxStale: 3600 };
  const rotated = { ...fetched, keys: { kind: 'public', keys: [publicJwk('RS256', 'b')] } } as const;
  const fresh = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });

  it('within the cooldown is refused at once', () => {
    const { now, state, counts } = setUp();
    state.enforcer = enforcerFor(fetched, NOW);
    expect(verdict(now({ token: fresh }))).toBe('denied key_unknown');
    expect(counts.refreshes).toBe(1);
  });

  it('of a source whose keys are not fetched asks nobody', () => {
    const { now, counts } = setUp();
    expect(verdict(now({ token: fresh }))).toBe('denied key_unknown');
    expect(counts.refreshes).toBe(0);
  });

  it('that the fetch brings lets the request pass', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { authorize, state, clock } = setUp({ refreshKeys: () => promise });
    state.enforcer = enforcerFor(fetched, NOW);
    const decision = authorize(request({ token: fresh }));
    clock.advance(KEY_WAIT - 1);
    state.enforcer = enforcerFor(rotated, NOW);
    resolve();
    expect(verdict(await decision)).toBe('allowed authenticated');
    expect(clock.due().length).toBe(0);
  });

  it.each(['resolves', 'rejects'])('that the fetch does not bring is refused when it %s', async (how) => {
    const asked: string[] = [];
    const { authorize, state } = setUp({
      refreshKeys: (uid) => {
        asked.push(uid);
        return how === 'resolves' ? Promise.resolve() : Promise.reject(new Error('down'));
      },
    });
    state.enforcer = enforcerFor(fetched, NOW);
    expect(verdict(await authorize(request({ token: fresh })))).toBe('denied key_unknown');
    expect(asked).toEqual(['uid-okta']);
  });

  it('is keys_unavailable when the fetch takes longer than a request waits', async () => {
    const { authorize, state, clock } = setUp({ refreshKeys: () => new Promise(() => {}) });
    state.enforcer = enforcerFor(fetched, NOW);
    const decision = authorize(request({ token: fresh }));
    clock.advance(KEY_WAIT);
    expect(await decision).toMatchObject({ reason: 'keys_unavailable', status: 503 });
  });

  it('is judged by the binding that is there when the keys are', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { authorize, state } = setUp({ refreshKeys: () => promise });
    state.enforcer = enforcerFor(fetched, NOW);
    const decision = authorize(request({ token: fresh }));
    state.enforcer = finishSteps(prepareEnforcer(policyUpdate([])));
    resolve();
    expect(verdict(await decision)).toBe('denied host_unbound');
  });
});

describe('an unknown kid, where the fetched keys have none', () => {
  const { kid: _a, ...before } = publicJwk('RS256', 'a');
  const { kid: _b, ...after } = publicJwk('RS256', 'b');
  const fetched = { maxStale: 3600, keys: { kind: 'public', keys: [before] } } as const;
  const rotated = { maxStale: 3600, keys: { kind: 'public', keys: [after] } } as const;
  const known = token({ claims: CLAIMS });
  const fresh = token({ key: signingKey('RS256', 'b'), claims: CLAIMS });

  it('is verified by them, and asks nobody', () => {
    const { now, state, counts } = setUp();
    state.enforcer = enforcerFor(fetched, NOW);
    expect(verdict(now({ token: known }))).toBe('allowed authenticated');
    expect(counts.refreshes).toBe(0);
  });

  it('of a key that they are not is refused within the cooldown, and the fetch may bring it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked: string[] = [];
    const refreshKeys = (uid: string) => (asked.push(uid) === 1 ? undefined : promise);
    const { authorize, now, state } = setUp({ refreshKeys });
    state.enforcer = enforcerFor(fetched, NOW);
    expect(verdict(now({ token: fresh }))).toBe('denied signature_invalid');
    const decision = authorize(request({ token: fresh }));
    state.enforcer = enforcerFor(rotated, NOW);
    resolve();
    expect(verdict(await decision)).toBe('allowed authenticated');
  });

  it('of a key that the fetch does not bring either is refused', async () => {
    const { authorize, state, counts } = setUp({ refreshKeys: () => Promise.resolve() });
    state.enforcer = enforcerFor(fetched, NOW);
    expect(verdict(await authorize(request({ token: fresh })))).toBe('denied signature_invalid');
    expect(counts.misses).toBe(2);
  });

  it('of a key that came while the token waited for its turn is verified by it', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const [old, next] = ['a', 'b'].map((name) => {
      const { kid: _, ...key } = publicJwk('ES384', name);
      return { maxStale: 3600, algorithms: ['ES384'], keys: { kind: 'public', keys: [key] } } as const;
    });
    const turns = [promise, Promise.resolve(true)];
    const { authorize, state, counts } = setUp({ queue: { submit: () => turns.shift() ?? 'overloaded' } });
    state.enforcer = enforcerFor(old, NOW);
    const slow = token({ alg: 'ES384', key: signingKey('ES384', 'b'), claims: CLAIMS });
    const decision = authorize(request({ token: slow }));
    state.enforcer = enforcerFor(next, NOW);
    resolve(false);
    expect(verdict(await decision)).toBe('allowed authenticated');
    expect([counts.refreshes, turns.length]).toEqual([0, 0]);
  });

  it('asks for nothing where the token has no kid, or the keys are in the manifest', () => {
    const bare = token({ key: signingKey('RS256', 'b'), claims: CLAIMS, header: { kid: undefined } });
    const own = { keys: { kind: 'public', keys: [before] } } as const;
    for (const [policy, text] of [
      [fetched, bare],
      [own, fresh],
    ] as const) {
      const { now, state, counts } = setUp();
      state.enforcer = enforcerFor(policy, NOW);
      expect(verdict(now({ token: text }))).toBe('denied signature_invalid');
      expect(counts.refreshes).toBe(0);
    }
  });
});

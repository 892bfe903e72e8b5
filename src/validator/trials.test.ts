import { describe, expect, it } from 'vitest';
import { enforceWithTrials, joe, request } from '../../test/support/decide.ts';
import { any, bindingPolicy, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { CLAIMS, NOW } from '../../test/support/verification.ts';
import { STRICTER, setUpTrials } from './testing/trials.ts';
import { MAX_TRIALS_WAITING } from './trials.ts';

describe('a Trial', () => {
  it('is judged after the answer has gone, once', () => {
    const { events, errors, send, turnAll } = setUpTrials();
    send(request({ token: joe() }));
    turnAll();
    expect(events).toEqual([
      'recorded allowed authenticated',
      'answered allowed',
      'shop/stricter would_deny role_mismatch admins',
    ]);
    expect(errors).toEqual([]);
  });

  it('waits until all checks of the turn are answered', () => {
    const { events, send, turn } = setUpTrials();
    send(request({ token: joe() }));
    send(request({}));
    turn();
    expect(events.filter((event) => event.startsWith('answered'))).toHaveLength(2);
    expect(events).toHaveLength(4);
    turn();
    expect(events).toHaveLength(6);
  });

  it('says nothing where it decides by itself', () => {
    const { events, send, turnAll } = setUpTrials(enforceWithTrials([], [STRICTER]));
    send(request({ token: joe() }));
    turnAll();
    expect(events).toEqual(['recorded audit_denied role_mismatch', 'answered audit_denied']);
  });

  it('schedules nothing where there is none', () => {
    const { turns, send, turn } = setUpTrials(enforceWithTrials([bindingPolicy()], []));
    send(request({ token: joe() }));
    turn();
    expect(turns).toEqual([]);
  });
});

describe('a Trial with a resource of its own', () => {
  const resource = { audiences: ['https://api.example/new'] };
  const trial = { ...bindingPolicy({ resource }), id: 'shop/trial', mode: 'Audit' } as const;

  it.each(['RS256', 'ES512'] as const)(
    'judges a token of %s by it, though it was verified for another',
    async (alg) => {
      const source = sourcePolicy({ keys: { kind: 'public', keys: [publicJwk(alg)] } });
      const old = bindingPolicy({ resource: { audiences: ['https://api.example/old'] } });
      const { events, send, turnAll } = setUpTrials(enforceWithTrials([old], [trial], [source]));
      const asked = request({ token: token({ alg, claims: { ...CLAIMS, aud: 'https://api.example/old' } }) });
      const refusals = () => {
        turnAll();
        return events.filter((event) => event.includes('would_deny audience_mismatch')).length;
      };
      // Once with a token that nobody has seen, and once with one that the cache knows.
      for (const times of [1, 2]) {
        send(asked);
        await expect.poll(refusals).toBe(times);
      }
      expect(events.filter((event) => event === 'answered allowed')).toHaveLength(2);
    },
  );
});

describe('a token that both judge', () => {
  const dear = token({ alg: 'ES512', claims: CLAIMS });
  const forged = `${dear.slice(0, -8)}AAAAAAAA`;
  const source = sourcePolicy({ keys: { kind: 'public', keys: [publicJwk('ES512')] } });
  const both = () => setUpTrials(enforceWithTrials([bindingPolicy()], [STRICTER], [source]));

  it.each([
    ['good', dear, 'shop/stricter would_deny role_mismatch admins'],
    ['forged', forged, 'shop/stricter same signature_invalid admins'],
  ])('is verified once where it is %s', async (_, text, expected) => {
    const { events, state, send, turnAll } = both();
    send(request({ token: text }));
    turnAll();
    await expect
      .poll(() => {
        turnAll();
        return events.at(-1);
      })
      .toBe(expected);
    expect(state.verifications).toBe(1);
  });

  it('of a source that the Trial alone has is verified by that, and costs no decision its turn', async () => {
    const other = sourcePolicy({
      id: 'shop/other',
      uid: 'other',
      keys: source.keys,
      issuers: ['https://other.example'],
    });
    const tried = bindingPolicy(
      {
        sources: ['shop/okta', 'shop/other'],
        rules: [rulePolicy({ name: 'admins', require: { roles: any('admin') } })],
      },
      { id: 'shop/stricter' },
    );
    const enforcer = enforceWithTrials([bindingPolicy()], [tried], [source, other]);
    const { events, skipped, state, send, turnAll, queue } = setUpTrials(enforcer);
    const foreign = token({
      alg: 'ES512',
      claims: { ...CLAIMS, iss: 'https://other.example', groups: ['admin'] },
    });
    send(request({ token: foreign }));
    await expect
      .poll(() => {
        turnAll();
        return events.at(-1);
      })
      .toBe('shop/stricter would_allow authenticated admins');
    expect(state.verifications).toBe(1);
    // While a signature is verified for a request, none is for a Trial.
    const second = token({ alg: 'ES512', claims: { ...CLAIMS, iss: 'https://other.example', jti: '2' } });
    let finish = (): void => undefined;
    state.wait = new Promise((resolve) => {
      finish = resolve;
    });
    const job = { source: { uid: 'x' }, checkSignatureAsync: async () => true } as never;
    const waiting = queue.submit(job, { source: 'x', namespace: 'shop', client: '' });
    send(request({ token: second }));
    turnAll();
    await expect.poll(() => skipped).toEqual(['shop/stricter']);
    finish();
    expect(await waiting).toBe(true);
  });
});

it('no keys are fetched for a Trial', () => {
  const anonymous = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] });
  const { events, state, send, turnAll } = setUpTrials(enforceWithTrials([anonymous], [STRICTER]));
  send(request({ token: token({ header: { kid: 'new' }, claims: CLAIMS }) }));
  turnAll();
  expect(events.at(-1)).toBe('shop/stricter would_deny key_unknown admins');
  expect(state.fetches).toBe(0);
});

it('a login is too old for a Trial by the time of its request, though the token is known', () => {
  const fresh = bindingPolicy(
    { rules: [rulePolicy({ name: 'fresh', require: { authentication: { acr: [], maxAge: 60 } } })] },
    { id: 'shop/stricter' },
  );
  const { events, clock, send, turnAll } = setUpTrials(enforceWithTrials([bindingPolicy()], [fresh]));
  const text = joe({ auth_time: NOW });
  for (const verdict of ['same authenticated', 'would_deny authentication_insufficient']) {
    send(request({ token: text }));
    turnAll();
    expect(events.at(-1)).toBe(`shop/stricter ${verdict} fresh`);
    clock.advance(91_000);
  }
});

describe('a Trial is passed over, and counted,', () => {
  it('while checks are late', () => {
    const { events, skipped, state, send, turnAll } = setUpTrials();
    state.isLate = true;
    send(request({ token: joe() }));
    turnAll();
    expect(events.at(-1)).toBe('answered allowed');
    expect(skipped).toEqual(['shop/stricter']);
  });

  it('where the request was refused for want of time', async () => {
    const dear = token({ alg: 'ES512', claims: CLAIMS });
    const source = sourcePolicy({ keys: { kind: 'public', keys: [publicJwk('ES512')] } });
    const open = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }, { id: 'shop/open' });
    const { events, skipped, state, send, turnAll, queue } = setUpTrials(
      enforceWithTrials([bindingPolicy()], [open], [source]),
    );
    let finish = (): void => undefined;
    state.wait = new Promise((resolve) => {
      finish = resolve;
    });
    // One client has as many signatures waiting as it may.
    const asker = { source: source.uid, namespace: 'shop', client: '192.0.2.1' };
    const job = { source: { uid: source.uid }, checkSignatureAsync: async () => true } as never;
    const others = Array.from({ length: 1000 }, () => queue.submit(job, asker));
    send(request({ token: dear }));
    turnAll();
    await expect.poll(() => events.at(-1)).toBe('answered denied');
    expect([events[0], skipped]).toEqual(['recorded denied overloaded', ['shop/open']]);
    finish();
    await Promise.all(others);
  });

  it('where too many wait', () => {
    const { events, skipped, send, turn, turnAll } = setUpTrials();
    for (let i = 0; i < MAX_TRIALS_WAITING + 3; i++) send(request({ token: joe() }));
    turn();
    expect(skipped).toHaveLength(3);
    turnAll();
    expect(events.filter((event) => event.includes('would_deny'))).toHaveLength(MAX_TRIALS_WAITING);
  });

  it('where it costs more of the thread than it may', () => {
    const { events, skipped, state, send, turnAll } = setUpTrials();
    state.cost = 10;
    for (let i = 0; i < 60; i++) {
      send(request({ token: joe() }));
      turnAll();
    }
    expect(skipped.length).toBeGreaterThan(0);
    // No decision is refused for it.
    expect(events.filter((event) => event === 'answered allowed')).toHaveLength(60);
  });
});

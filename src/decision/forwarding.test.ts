import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, type RequestChanges, request } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { token } from '../../test/support/tokens.ts';
import { CLAIMS } from '../../test/support/verification.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { type Decision, isPassing } from './decision.ts';
import { headerValue } from './forwarding.ts';

const FORWARDED = ['x-auth-user', 'x-auth-roles', 'x-auth-scopes', 'x-auth-source'];

function changes(decision: Decision) {
  if (!isPassing(decision)) throw new Error(decision.reason);
  return decision.upstream;
}

const scrubbed = (decision: Decision) => {
  const { set, remove } = changes(decision);
  return set.length === 0 && FORWARDED.every((name) => remove.includes(name));
};

const broken = (mode: BindingPolicy['mode']): BindingPolicy =>
  bindingPolicy({}, { mode, judgement: { kind: 'invalid', problem: 'p' } });

const withForward = (forward: Partial<BindingPolicy['forward']>, more = {}) =>
  bindingPolicy({}, { forward: { ...bindingPolicy().forward, ...forward }, ...more });

const allowed = (binding: BindingPolicy, asked: RequestChanges) => decide(enforce(binding), request(asked));

describe('forwarded headers', () => {
  it('name the user to the app', () => {
    const decision = allowed(bindingPolicy(), { token: joe({ groups: ['a', 'b'], scope: 'r w' }) });
    expect(changes(decision).set).toEqual([
      ['x-auth-user', 'joe'],
      ['x-auth-roles', 'a,b'],
      ['x-auth-scopes', 'r,w'],
      ['x-auth-source', 'shop/okta'],
    ]);
  });

  it('are removed where the token says nothing, and never stand in both lists', () => {
    const { set, remove } = changes(allowed(bindingPolicy(), { token: joe({ sub: undefined }) }));
    expect(set).toEqual([['x-auth-source', 'shop/okta']]);
    expect(remove).toEqual([
      'x-auth-user',
      'x-auth-roles',
      'x-auth-scopes',
      'x-portcullis-port',
      'x-portcullis-client',
    ]);
  });

  it.each(['x_auth_user', 'x-auth_user', 'x_auth-user', 'x.auth.user', 'x!auth*user'])(
    'are removed in another spelling that an app could take for one of them: %s',
    (name) => {
      const headers = { [name]: 'mallory', x_request_id: '1', 'x-auth-users': '1', 'x.y': '1' };
      for (const mode of ['Enforce', 'Audit', 'Disabled'] as const) {
        const { set, remove } = changes(
          allowed(bindingPolicy({}, { mode }), { ...(mode === 'Enforce' && { token: joe() }), headers }),
        );
        expect(remove).toContain(name);
        expect(remove).not.toContain('x_request_id');
        expect(remove).not.toContain('x.y');
        expect(set.some(([other]) => remove.includes(other))).toBe(false);
      }
    },
  );

  it('are removed on every other way through', () => {
    const optional = bindingPolicy({ rules: [rulePolicy({ authentication: 'Optional' })] });
    const none = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] });
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: 'https://x', 'access-control-request-method': 'GET' },
    };
    expect(scrubbed(allowed(optional, {}))).toBe(true);
    expect(scrubbed(allowed(none, { token: joe() }))).toBe(true);
    expect(scrubbed(allowed(bindingPolicy(), preflight))).toBe(true);
    expect(scrubbed(allowed(bindingPolicy({}, { mode: 'Disabled' }), { token: joe() }))).toBe(true);
    expect(scrubbed(allowed(bindingPolicy({}, { mode: 'Audit' }), { token: joe({ exp: 1 }) }))).toBe(true);
    const invalid = bindingPolicy({}, { mode: 'Audit', judgement: { kind: 'invalid', problem: 'p' } });
    expect(scrubbed(allowed(invalid, {}))).toBe(true);
  });

  const everywhere = (id: string): BindingPolicy =>
    bindingPolicy(
      {},
      {
        id,
        hosts: ['other.example'],
        forward: {
          ...bindingPolicy().forward,
          user: 'x-other-user',
          payload: 'x-other-claims',
          claims: [{ claim: 't', header: 'x-tenant' }],
        },
      },
    );

  /** One for each way to be let in. */
  const WAYS: readonly (readonly [string, BindingPolicy, RequestChanges])[] = [
    ['a token', bindingPolicy(), { token: joe() }],
    ['no token', bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }), {}],
    ['mode Audit', bindingPolicy({}, { mode: 'Audit' }), {}],
    ['mode Disabled', bindingPolicy({}, { mode: 'Disabled' }), {}],
    ['a broken binding in mode Disabled', broken('Disabled'), {}],
    ['a broken binding in mode Audit', broken('Audit'), {}],
  ];

  it.each(WAYS)('of every binding of the namespace are removed, whichever judged: %s', (_, judge, asked) => {
    const { remove } = changes(decide(enforce(judge, everywhere('shop/other')), request(asked)));
    expect(remove).toEqual(expect.arrayContaining(['x-other-user', 'x-other-claims', 'x-tenant']));
    expect(new Set(remove).size).toBe(remove.length);
  });

  it.each(WAYS)('of another namespace at the same gateway stay: %s', (_, judge, asked) => {
    for (const id of ['evil/other', 'shopping/other', 'sho/p', 'evil/shop/x']) {
      const alone = changes(decide(enforce(judge), request(asked)));
      expect(changes(decide(enforce(judge, everywhere(id)), request(asked)))).toEqual(alone);
    }
  });

  it('carry claims and the whole payload on request', () => {
    const binding = withForward({
      user: '',
      payload: 'x-claims',
      claims: [
        { claim: 'tenant', header: 'x-tenant' },
        { claim: 'missing', header: 'x-missing' },
        { claim: 'address', header: 'x-address' },
      ],
    });
    const decision = allowed(binding, { token: joe({ tenant: ['t1', 'a,b'], address: { city: 'Ulm' } }) });
    expect(headerOf(decision, 'x-auth-user')).toBeUndefined();
    expect(headerOf(decision, 'x-tenant')).toBe('t1,a%2Cb');
    expect(headerOf(decision, 'x-missing')).toBeUndefined();
    expect(changes(decision).remove).toContain('x-missing');
    expect(decodeURIComponent(headerOf(decision, 'x-address') ?? '')).toBe('{"city":"Ulm"}');
    const payload = JSON.parse(Buffer.from(headerOf(decision, 'x-claims') ?? '', 'base64url').toString());
    expect(payload).toMatchObject({ sub: 'joe', tenant: ['t1', 'a,b'] });
  });
});

it('forwards the payload as it was signed, with every digit of a long number', () => {
  const claims = JSON.stringify({ ...CLAIMS, id: 0 }).replace('"id":0', '"id": 12345678901234567890');
  const decision = allowed(withForward({ payload: 'x-claims' }), { token: token({ claims }) });
  expect(headerOf(decision, 'x-claims')).toBe(Buffer.from(claims).toString('base64url'));
});

describe('token: Remove', () => {
  const removing = (more: RequestChanges) =>
    changes(
      decide(
        enforce(
          bindingPolicy(
            {
              credentials: [
                { in: 'Header', name: 'Authorization', scheme: 'Bearer' },
                { in: 'Cookie', name: 'session', origins: [] },
              ],
            },
            { forward: { ...bindingPolicy().forward, token: 'Remove' } },
          ),
        ),
        request(more),
      ),
    );

  it('takes the header away', () => {
    expect(removing({ token: joe() }).remove).toContain('authorization');
  });

  it('takes one cookie away and leaves the others', () => {
    const { set, remove } = removing({ headers: { cookie: `a=b; session=${joe()}; c=d` } });
    expect(set).toContainEqual(['cookie', 'a=b; c=d']);
    expect(remove).not.toContain('cookie');
    expect(removing({ headers: { cookie: `session=${joe()}` } }).remove).toContain('cookie');
  });

  it('holds where no token is looked at, too, but not for a disabled binding', () => {
    const forward = { ...bindingPolicy().forward, token: 'Remove' } as const;
    const open = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }, { forward });
    expect(changes(allowed(open, { token: joe() })).remove).toContain('authorization');
    const disabled = bindingPolicy({}, { forward, mode: 'Disabled' });
    expect(changes(allowed(disabled, { token: joe() })).remove).not.toContain('authorization');
  });

  it('does not take away a header that carries a claim', () => {
    const credentials = [{ in: 'Header', name: 'X-Api-Token', scheme: '' }] as const;
    const forward = { ...bindingPolicy().forward, token: 'Remove', user: 'x-api-token' } as const;
    const decision = allowed(bindingPolicy({ credentials }, { forward }), {
      headers: { 'x-api-token': joe() },
    });
    expect(headerOf(decision, 'x-api-token')).toBe('joe');
    expect(changes(decision).remove).not.toContain('x-api-token');
  });

  it('leaves a header of another scheme', () => {
    const { remove } = removing({ headers: { authorization: 'Basic x', cookie: `session=${joe()}` } });
    expect(remove).not.toContain('authorization');
  });

  it('is not what happens unasked', () => {
    expect(changes(allowed(bindingPolicy(), { token: joe() })).remove).not.toContain('authorization');
  });
});

describe('headerValue', () => {
  it.each([
    [['a b'], 'a b'],
    [['a', 'b'], 'a,b'],
    [['a,b'], 'a%2Cb'],
    [['100%'], '100%25'],
    [['Jörg'], 'J%C3%B6rg'],
    [['a\r\nx-admin: 1'], 'a%0D%0Ax-admin%3A%201'],
    [[' a'], '%20a'],
    [['\ud800'], '%EF%BF%BD'],
    [['', 'a'], ',a'],
    [[], ''],
  ])('%j is %j', (values, expected) => {
    expect(headerValue(values)).toBe(expected);
  });

  it('is printable ASCII, and gives the values back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), (values) => {
        const header = headerValue(values);
        expect(header).toMatch(/^[\x20-\x7e]*$/);
        const read = header
          .split(',')
          .map((value) => (value.includes('%') ? decodeURIComponent(value) : value));
        expect(read).toEqual(values);
      }),
    );
  });
});

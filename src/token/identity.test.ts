import { describe, expect, it } from 'vitest';
import { ISSUER, sourcePolicy } from '../../test/support/policy.ts';
import { token } from '../../test/support/tokens.ts';
import type { ClaimMapping } from '../policy/policy.ts';
import { indexSources } from './issuer.ts';
import { prepareSource } from './source.ts';
import { verifyToken } from './verify.ts';

function identityOf(claims: object, mapping: Partial<ClaimMapping> = {}) {
  const base = sourcePolicy();
  const policy = sourcePolicy({ mapping: { ...base.mapping, ...mapping } });
  const text = token({ claims: { iss: ISSUER, exp: 2_000_000_000, ...claims } });
  const verified = verifyToken(
    text,
    indexSources([prepareSource(policy, new Map(), undefined)]),
    1_800_000_000,
  );
  if (verified.kind !== 'verified') throw new Error('not verified');
  return verified.identity;
}

describe('the mapped identity', () => {
  it.each([
    ['the first claim present', { preferred_username: 'Joe', sub: 's' }, {}, { user: 's', name: 'Joe' }],
    ['the next where the first is missing', { sub: 's' }, {}, { user: 's', name: 's' }],
    ['the next where the first is null', { sub: 's', preferred_username: null }, {}, { name: 's' }],
    ['a number', { uid: 17 }, { user: ['uid', 'sub'] }, { user: '17' }],
    [
      'an object is no name, and hides the next',
      { uid: {}, sub: 's' },
      { user: ['uid', 'sub'] },
      { user: undefined },
    ],
    ['nobody', {}, {}, { user: undefined, name: undefined, client: undefined }],
    ['a client', { cid: 'c' }, {}, { client: 'c' }],
    [
      'a number that JSON rounds is no name',
      { uid: 2 ** 53 + 2 },
      { user: ['uid', 'sub'] },
      { user: undefined },
    ],
    [
      'roles from all claims, once each',
      { a: ['x', 'y'], b: ['y', 'z'] },
      { roles: ['a', 'b'] },
      { roles: ['x', 'y', 'z'] },
    ],
    ['a string as one role', { groups: 'a b,c' }, {}, { roles: ['a b,c'] }],
    [
      'a string that the separator splits',
      { groups: 'a, b,,c ' },
      { rolesSeparator: ',' },
      { roles: ['a', 'b', 'c'] },
    ],
    ['array elements are not split', { groups: ['a,b'] }, { rolesSeparator: ',' }, { roles: ['a,b'] }],
    ['only scalars are roles', { groups: ['a', 1, null, {}, ['b']] }, {}, { roles: ['a', '1'] }],
    ['an object holds no roles', { groups: { admin: true } }, {}, { roles: [] }],
    [
      'roles at a path',
      { realm_access: { roles: ['r'] } },
      { roles: ['realm_access.roles'] },
      { roles: ['r'] },
    ],
    [
      'a flat name with dots',
      { 'https://x.com/roles': ['ops'] },
      { roles: ['https://x.com/roles'] },
      { roles: ['ops'] },
    ],
    ['scopes split at spaces', { scope: 'a  b', scp: ['c d'] }, {}, { scopes: ['a', 'b', 'c d'] }],
  ])('%s', (_, claims, mapping, expected) => {
    expect(identityOf(claims, mapping)).toMatchObject(expected);
  });

  it('does not find what stands on the prototype', () => {
    expect(identityOf({}, { user: ['constructor', '__proto__', 'toString'] }).user).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { ISSUER, sourcePolicy } from '../../../test/support/policy.ts';
import { token } from '../../../test/support/tokens.ts';
import { verifyToken } from '../../../test/support/verification.ts';
import { finishSteps } from '../../base/steps.ts';
import { unspeltUser } from './identity.ts';
import { indexSources } from './issuer.ts';
import type { ClaimMapping } from './policy.ts';
import { prepareSource } from './source.ts';

function identityOf(claims: object, mapping: Partial<ClaimMapping> = {}) {
  const base = sourcePolicy();
  const policy = sourcePolicy({ mapping: { ...base.mapping, ...mapping } });
  const text = token({ claims: { iss: ISSUER, exp: 2_000_000_000, ...claims } });
  const verified = verifyToken(
    text,
    indexSources([finishSteps(prepareSource(policy, new Map(), undefined))]),
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
      'the next where the first cannot be spelt: an object, a list',
      { uid: {}, name: ['Joe'], sub: 's' },
      { user: ['uid', 'sub'], name: ['name', 'sub'] },
      { user: 's', name: 's' },
    ],
    ['nobody where none can be spelt', { uid: {}, oid: [] }, { user: ['uid', 'oid'] }, { user: undefined }],
    [
      'an object is no client, and hides the next',
      { azp: {}, cid: 'c' },
      {},
      { client: undefined, unreadable: ['client'] },
    ],
    ['nobody', {}, {}, { user: undefined, name: undefined, client: undefined }],
    ['a client', { cid: 'c' }, {}, { client: 'c' }],
    [
      'the next where JSON rounds the first',
      { uid: 2 ** 53 + 2, sub: 's' },
      { user: ['uid', 'sub'] },
      { user: 's' },
    ],
    [
      'the last number that JSON does not round',
      { uid: 2 ** 53 - 1, sub: 's' },
      { user: ['uid', 'sub'] },
      { user: '9007199254740991' },
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
    [
      "the names of an object's members, where the mapping asks for them",
      {
        'urn:zitadel:iam:org:project:roles': { admin: { 1: 'x.example' }, none: null, no: false, 'a,b': {} },
      },
      { roles: ['urn:zitadel:iam:org:project:roles.*'], rolesSeparator: ',' },
      { roles: ['admin', 'a,b'], unreadable: [] },
    ],
    ['… at a path', { a: { roles: { ops: {} } } }, { roles: ['a.roles.*'] }, { roles: ['ops'] }],
    ['… of a claim of that very name', { 'a.*': ['x'], a: { y: 1 } }, { roles: ['a.*'] }, { roles: ['x'] }],
    [
      '… of no object: what is in it is not read',
      { a: ['x'] },
      { roles: ['a.*'] },
      { roles: [], unreadable: ['roles'] },
    ],
    ['… of a text', { a: 'x' }, { roles: ['a.*'] }, { roles: [], unreadable: ['roles'] }],
    [
      '… of null, or of nothing',
      { a: null },
      { roles: ['a.*', 'b.*', 'b.c.*'] },
      { roles: [], unreadable: [] },
    ],
    ['… of all claims, which are no roles', { a: 1 }, { roles: ['.*', '*'] }, { roles: [] }],
    ['scopes split at spaces', { scope: 'a  b', scp: ['c d'] }, {}, { scopes: ['a', 'b', 'c d'] }],
  ])('%s', (_, claims, mapping, expected) => {
    expect(identityOf(claims, mapping)).toMatchObject(expected);
  });

  it('says which claim cannot be spelt, where it would have been the user', () => {
    const policy = sourcePolicy({ mapping: { ...sourcePolicy().mapping, user: ['uid', 'oid', 'sub'] } });
    const source = finishSteps(prepareSource(policy, new Map(), undefined));
    expect(unspeltUser({ uid: null, oid: 2 ** 60, sub: 's' }, source)).toBe('oid');
    expect(unspeltUser({ uid: 'u', oid: {} }, source)).toBeUndefined();
    expect(unspeltUser({}, source)).toBeUndefined();
  });

  it('does not find what stands on the prototype', () => {
    expect(identityOf({}, { user: ['constructor', '__proto__', 'toString'] }).user).toBeUndefined();
  });
});

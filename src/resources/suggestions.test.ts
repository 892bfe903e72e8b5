import { describe, expect, it } from 'vitest';
import { nearest } from './suggestions.ts';

const FIELDS = ['issuer', 'audiences', 'clientIDs', 'clockSkew', 'keys', 'roles'];

describe('nearest', () => {
  it.each([
    ['audience', 'audiences'],
    ['Audiences', 'audiences'],
    ['isuser', 'issuer'],
    ['clientIds', 'clientIDs'],
    ['clokcSkew', 'clockSkew'],
    ['key', 'keys'],
    ['role', 'roles'],
    ['clientId', 'clientIDs'],
  ])('%s means %s', (written, meant) => {
    expect(nearest(written, FIELDS)).toBe(meant);
  });

  it.each(['scopes', 'x', '', 'expiration', 'issuerURLs'])('%j means none of them', (written) => {
    expect(nearest(written, FIELDS)).toBeUndefined();
  });
});

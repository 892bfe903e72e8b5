import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, token } from '../../../test/support/tokens.ts';
import { MAX_CREDENTIAL_LENGTH } from '../kind.ts';
import { hasHeader, parseToken } from './jws.ts';

const good = token({ claims: { sub: 'joe' } });
const [header = '', claims = '', signature = ''] = good.split('.');
const withHeader = (members: object) => `${encode({ alg: 'RS256', ...members })}.${claims}.${signature}`;
const withClaims = (members: unknown) => `${header}.${encode(members)}.${signature}`;

/** Four characters at a time, so that the signature stays canonical. */
const unsigned = `${header}.${claims}.`;
const longest = unsigned.padEnd(MAX_CREDENTIAL_LENGTH - ((MAX_CREDENTIAL_LENGTH - unsigned.length) % 4), 'A');

describe('parseToken', () => {
  it('reads a compact JWS', () => {
    const parsed = parseToken(
      token({ header: { kid: 'k1' }, claims: { iss: 'i', aud: 'a', exp: 3, nbf: 2.5, iat: 1 } }),
    );
    expect(parsed).toMatchObject({
      kind: 'jws',
      jws: {
        algorithm: 'RS256',
        keyId: 'k1',
        type: 'JWT',
        registered: { issuer: 'i', audience: ['a'], expiresAt: 3, notBefore: 2.5, issuedAt: 1 },
      },
    });
  });

  it.each([
    ['an empty signature: it is well formed, and no algorithm takes it', `${header}.${claims}.`],
    ['an array of audiences', withClaims({ aud: ['a', 'b'] })],
    ['no audience in the array', withClaims({ aud: [] })],
    [
      'key material in the header, which is not looked at',
      withHeader({ jku: 1, jwk: {}, x5u: 'x', x5c: [] }),
    ],
    ['the longest token', longest],
    ['an exp at the end of the year 9999', withClaims({ exp: 253_402_300_799.9 })],
    ['an iat in milliseconds, which can only refuse', withClaims({ iat: 1_800_000_000_000 })],
  ])('takes %s', (_, text) => {
    expect(parseToken(text).kind).toBe('jws');
  });

  it('takes what is null for absent', () => {
    const parsed = parseToken(
      token({ header: { kid: null, typ: null }, claims: { iss: null, sub: null, aud: null } }),
    );
    expect(parsed).toMatchObject({
      kind: 'jws',
      jws: { keyId: undefined, type: undefined, registered: { issuer: undefined, audience: undefined } },
    });
  });

  it.each([
    ['nothing', ''],
    ['one part', header],
    ['two parts', `${header}.${claims}`],
    ['four parts', `${good}.${signature}`],
    ['six parts', 'a.b.c.d.e.f'],
    ['five parts that are no JWE', `${header}.b.c.d.e`],
    [
      'the JSON serialisation',
      JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] }),
    ],
    ['a detached payload', `${header}..${signature}`],
    ['an empty header', `.${claims}.${signature}`],
    ['white space before', ` ${good}`],
    ['white space after', `${good}\n`],
    ['padding', `${header}=.${claims}.${signature}`],
    ['the other alphabet', `${good.slice(0, -4)}+/+/`],
    ['a percent escape', `${header}%2e.${claims}.${signature}`],
    ['a NUL', `${good}\0`],
    ['stray bits in the signature', `${header}.${claims}.AAAAB`],
    ['stray bits in the last character', `${header}.${claims}.AB`],
    ['a token of more than 16 KiB', `${longest}AAAA`],
    ['a header that is an array', `${encode([])}.${claims}.${signature}`],
    ['a header without alg', `${encode({ typ: 'JWT' })}.${claims}.${signature}`],
    ['an alg that is not a string', withHeader({ alg: ['RS256'] })],
    ['a doubled alg', `${encode('{"alg":"none","alg":"RS256"}')}.${claims}.${signature}`],
    ['a kid that is not a string', withHeader({ kid: 1 })],
    ['a crit that is null', withHeader({ crit: null })],
    ['a typ that is not a string', withHeader({ typ: ['JWT'] })],
    ['crit', withHeader({ crit: ['exp'], exp: 1 })],
    ['an empty crit', withHeader({ crit: [] })],
    ['b64', withHeader({ b64: false })],
    ['b64 true', withHeader({ b64: true })],
    ['claims that are a string', withClaims('"x"')],
    ['claims that are a token', withClaims(good)],
    ['doubled claims', withClaims('{"sub":"joe","sub":"ann"}')],
    ['an iss that is no string', withClaims({ iss: ['i'] })],
    ['a null in an aud', withClaims({ aud: ['a', null] })],
    ['a null iat', withClaims({ iat: null })],
    ['a sub that is no string', withClaims({ sub: 1 })],
    ['an aud that is a number', withClaims({ aud: 1 })],
    ['an aud with a number in it', withClaims({ aud: ['a', 1] })],
    ['an aud that is an object', withClaims({ aud: { 0: 'a' } })],
    ['an exp that is a string', withClaims({ exp: '9999999999' })],
    ['a null exp', withClaims({ exp: null })],
    ['an exp that is true', withClaims({ exp: true })],
    ['an infinite exp', withClaims('{"exp":1e999}')],
    ['an nbf beyond every date', withClaims({ nbf: 8.65e12 })],
    ['an exp in milliseconds, which would never come', withClaims({ exp: 1_800_000_000_000 })],
    ['an exp after the year 9999', withClaims({ exp: 253_402_300_800 })],
    ['an nbf that is a string', withClaims({ nbf: '1' })],
    ['an iat that is an array', withClaims({ iat: [1] })],
  ])('refuses %s', (_, text) => {
    expect(parseToken(text)).toEqual({ kind: 'malformed', detail: expect.any(String) });
  });

  it.each([
    [{ aud: 1 }, "The token's aud claim has the wrong type."],
    [{ exp: '1' }, "The token's exp claim is not a time in seconds."],
    [{ nbf: null }, "The token's nbf claim is not a time in seconds."],
    [{ iat: 1e300 }, "The token's iat claim is not a time in seconds."],
  ])('says what is wrong with %j', (claims, detail) => {
    expect(parseToken(withClaims(claims))).toEqual({ kind: 'malformed', detail });
  });

  it.each(['dir', 'RSA-OAEP'])('tells a JWE (%s) from a malformed token', (alg) => {
    expect(parseToken(`${encode({ alg, enc: 'A256GCM' })}..AAAA.AAAA.AAAA`)).toEqual({ kind: 'encrypted' });
  });

  it('never throws, and quotes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.nat(good.length),
        fc.nat(good.length),
        (noise, from, to) => {
          const text = good.slice(0, from) + noise + good.slice(to);
          const parsed = parseToken(text);
          if (parsed.kind === 'malformed' && noise.length > 8) expect(parsed.detail).not.toContain(noise);
        },
      ),
    );
  });

  it('has one spelling for a token: no other text of the same length decodes to the same bytes', () => {
    const parts = fc.constantFrom(0, 1, 2);
    const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    fc.assert(
      fc.property(parts, letters, (part, last) => {
        const spelled = good.split('.').map((text, i) => (i === part ? text.slice(0, -1) + last : text));
        const same = spelled.every((text, i) =>
          Buffer.from(text, 'base64url').equals(Buffer.from(good.split('.')[i] ?? '', 'base64url')),
        );
        if (same && spelled.join('.') !== good) expect(parseToken(spelled.join('.')).kind).toBe('malformed');
      }),
    );
  });
});

describe('hasHeader', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64url');

  it.each([
    ['a token', good],
    ['an encrypted one', `${encoded('{"alg":"dir","enc":"A256GCM"}')}....`],
    ['a header that names a member twice', `${encoded('{"alg":"RS256","alg":"none"}')}.e30.`],
    ['white space before the header', `${encoded(' \n{"alg":"RS256"}')}.e30.`],
    ['a header alone', `${encoded('{')}.`],
    ['too long a token', `${encoded('{"alg":"RS256"}')}.${'a'.repeat(MAX_CREDENTIAL_LENGTH)}`],
    ['too long a header', `${encoded(`{"alg":"${'a'.repeat(MAX_CREDENTIAL_LENGTH)}"}`)}.e30.`],
  ])('%s is for a JWT source alone', (_, credential) => {
    expect(hasHeader(credential)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a key', 'pcl_2f9c4e1ab37d_9a8b7c'],
    ['a key with dots', 'live.2f9c4e1a.b37d'],
    ['no header', '.e30.'],
    ['a header that is no object', `${encoded('"alg"')}.e30.`],
    ['an object without a dot', encoded('{"alg":"RS256"}')],
  ])('%s is not', (_, credential) => {
    expect(hasHeader(credential)).toBe(false);
  });
});

describe('headers', () => {
  const headerOf = (text: string) => {
    const parsed = parseToken(text);
    return parsed.kind === 'jws' ? parsed.jws.header : parsed.kind;
  };

  it('are read once for all tokens that have the same', () => {
    const other = token({ claims: { sub: 'ann' } });
    expect(other).not.toBe(good);
    expect(headerOf(other)).toBe(headerOf(good));
  });

  it("are each token's own, however many there are, and however long", () => {
    const kids = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? `${i}` : `${i}`.padStart(600, 'x')));
    for (const kid of [...kids, ...kids]) {
      expect(headerOf(withHeader({ kid }))).toEqual({ alg: 'RS256', kid });
    }
  });

  it('are refused as often as they come', () => {
    const bad = withHeader({ crit: ['exp'] });
    expect([headerOf(bad), headerOf(bad)]).toEqual(['malformed', 'malformed']);
  });
});

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSecret, type HmacEncoding, importHmac } from './hmac.ts';

describe('importHmac', () => {
  it.each([
    [32, ['HS256']],
    [47, ['HS256']],
    [48, ['HS256', 'HS384']],
    [63, ['HS256', 'HS384']],
    [64, ['HS256', 'HS384', 'HS512']],
    [200, ['HS256', 'HS384', 'HS512']],
  ])('%i bytes permit %j', (length, algorithms) => {
    const imported = importHmac(Buffer.alloc(length, 7), 'a');
    expect(imported).toMatchObject({ kind: 'key', key: { kid: 'a', type: 'oct', algorithms } });
  });

  it.each([0, 1, 16, 31])('%i bytes are too few, and the message says how to make more', (length) => {
    const imported = importHmac(Buffer.alloc(length, 0x61), undefined);
    expect(imported).toEqual({
      kind: 'too_short',
      problem: `has ${length} bytes: HS256 takes at least 32, HS384 48, HS512 64; make one with "openssl rand -hex 64" and say encoding: Hex`,
    });
  });

  it('keeps neither the caller’s bytes nor a digest of them', () => {
    const secret = Buffer.alloc(32, 1);
    const imported = importHmac(secret, undefined);
    if (imported.kind === 'too_short') throw new Error(imported.problem);
    secret.fill(2);
    expect(imported.key.keyObject.export()).toEqual(Buffer.alloc(32, 1));
    expect(imported.key.thumbprint).toBeUndefined();
    expect(JSON.stringify(imported.key)).not.toContain(Buffer.alloc(32, 1).toString('base64'));
  });
});

describe('decodeSecret', () => {
  const decode = (text: string, encoding: HmacEncoding) => decodeSecret(Buffer.from(text), encoding);

  it.each<[HmacEncoding, string, string]>([
    ['Hex', '00ff10', '00ff10'],
    ['Hex', 'ABcd', 'abcd'],
    ['Hex', ' \r\n00ff\n\n', '00ff'],
    ['Base64', '+/+/', 'fbffbf'],
    ['Base64', 'AQ==', '01'],
    ['Base64', 'AQ', '01'],
    ['Base64', 'AQID\n', '010203'],
    ['Base64URL', '-_-_', 'fbffbf'],
    ['Base64URL', 'AQ', '01'],
    ['Base64URL', 'AQ==\r\n', '01'],
    ['Text', ' a\n', '20610a'],
    ['Text', 'ü', 'c3bc'],
    ['Text', '', ''],
  ])('%s takes %j', (encoding, text, hex) => {
    const decoded = decode(text, encoding);
    if (decoded.kind === 'refused') throw new Error(decoded.problem);
    expect(Buffer.from(decoded.secret).toString('hex')).toBe(hex);
  });

  it.each<[HmacEncoding, string]>([
    ['Hex', '0'],
    ['Hex', '0g'],
    ['Hex', '0x00'],
    ['Hex', '00 ff'],
    ['Hex', '00\nff'],
    ['Base64', 'AQ='],
    ['Base64', 'AQ==='],
    ['Base64', 'A'],
    ['Base64', 'AR=='],
    ['Base64', 'AQ==AQ=='],
    ['Base64', 'AQ\nID'],
    ['Base64', '-_-_'],
    ['Base64URL', '+/+/'],
    ['Base64URL', 'AR'],
    ['Base64URL', 'AQ='],
    ['Base64URL', 'AQ.ID'],
    ['Base64URL', '\ufeffAQID'],
    ['Base64URL', 'ＡＱＩＤ'],
    ['Base64URL', 'AQID\u00a0'],
    ['Base64URL', 'AQID\0'],
  ])('%s refuses %j', (encoding, text) => {
    expect(decode(text, encoding).kind).toBe('refused');
  });

  it.each<HmacEncoding>(['Hex', 'Base64', 'Base64URL'])('%s refuses nothing at all', (encoding) => {
    for (const text of ['', '\n'])
      expect(decode(text, encoding)).toEqual({ kind: 'refused', problem: 'is empty' });
  });

  it('a message names the encoding that would fit, and does not quote the value', () => {
    expect(decode('+/+/+/+/', 'Base64URL')).toEqual({
      kind: 'refused',
      problem: 'is not Base64URL, as its encoding says; it reads as Base64: should it say encoding: Base64?',
    });
    expect(decode('$ecret', 'Hex')).toEqual({ kind: 'refused', problem: 'is not Hex, as its encoding says' });
  });

  describe('a key that others know is no secret', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = (key: KeyObject, type: 'spki' | 'pkcs1') => key.export({ type, format: 'pem' }).toString();
    const der = (key: KeyObject, type: 'spki' | 'pkcs1') => key.export({ type, format: 'der' });
    const jwk = JSON.stringify({ ...ec.publicKey.export({ format: 'jwk' }), kid: 'a' });
    const ssh = `ssh-rsa ${'AAAAB3NzaC1yc2E'.repeat(3)} joe@example`;

    it.each<[string, string | Buffer]>([
      ['SPKI in PEM', pem(rsa.publicKey, 'spki')],
      ['PKCS#1 in PEM, with text before', `a key:\n${pem(rsa.publicKey, 'pkcs1')}`],
      ['the name of any other block', '-----BEGIN CERTIFICATE-----\r\nMIIB'],
      ['a private key', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
      ['SPKI in DER', der(ec.publicKey, 'spki')],
      ['PKCS#1 in DER', der(rsa.publicKey, 'pkcs1')],
      ['the Base64 of SPKI, which consoles show', der(rsa.publicKey, 'spki').toString('base64')],
      ['a JWK', jwk],
      ['a key set', ` {"keys": [${jwk}]}\n`],
      ['OpenSSH', ssh],
    ])('%s', (_name, content) => {
      const value = Buffer.from(content);
      const spellings = [
        [value, 'Text'],
        [Buffer.from(value.toString('base64')), 'Base64'],
        [Buffer.from(value.toString('base64url')), 'Base64URL'],
        [Buffer.from(value.toString('hex')), 'Hex'],
      ] as const;
      for (const [bytes, encoding] of spellings) {
        expect(decodeSecret(bytes, encoding)).toEqual({
          kind: 'refused',
          problem: expect.stringContaining('is a key or certificate'),
        });
      }
    });

    it.each([
      '{"password": "correct horse battery staple"}',
      'ssh-rsa is no key by itself',
      'MIIBIjANBgkqhkiG',
    ])('%s may be one', (text) => {
      expect(decode(text, 'Text').kind).toBe('secret');
    });
  });

  it('every secret comes back from each of its spellings', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const secret = Buffer.from(bytes);
        const spellings = [
          ['Hex', secret.toString('hex')],
          ['Base64', secret.toString('base64')],
          ['Base64URL', secret.toString('base64url')],
        ] as const;
        for (const [encoding, text] of spellings) {
          const decoded = decode(`${text}\n`, encoding);
          expect(decoded.kind === 'secret' && Buffer.from(decoded.secret)).toEqual(secret);
        }
      }),
      { seed: 6 },
    );
  });

  it('whatever decodes has one spelling, padding apart', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'AQRgw8-_+/='), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(alphabet, (text) => {
        const decoded = decode(text, 'Base64');
        if (decoded.kind === 'refused') return true;
        return Buffer.from(decoded.secret).toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});

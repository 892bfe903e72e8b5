import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { p256 as p256Curve } from '@noble/curves/nist.js';
import { expect, it } from 'vitest';
import { jwkFromPem } from './pem.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed = generateKeyPairSync('ed25519');
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const RSA = spki(rsa.publicKey);

function problem(pem: string): string {
  const reading = jwkFromPem(pem, 'a');
  return reading.kind === 'refused' ? reading.problem : 'ACCEPTED';
}

it.each<[string, string, KeyObject]>([
  ['RSA, SPKI', RSA, rsa.publicKey],
  ['RSA, PKCS#1', pkcs1, rsa.publicKey],
  ['P-256', spki(p256.publicKey), p256.publicKey],
  ['secp256k1', spki(secp256k1.publicKey), secp256k1.publicKey],
  ['Ed25519', spki(ed.publicKey), ed.publicKey],
  ['with CRLF', RSA.replaceAll('\n', '\r\n'), rsa.publicKey],
  ['on one line', RSA.replaceAll('\n', ''), rsa.publicKey],
  ['without a newline at its end', RSA.trimEnd(), rsa.publicKey],
  ['indented, with text around', `subject=CN=a\n  ${RSA.replaceAll('\n', '\n  ')}# end`, rsa.publicKey],
])('reads %s', (_name, pem, key) => {
  expect(jwkFromPem(pem, 'a')).toEqual({ kind: 'jwk', jwk: { ...key.export({ format: 'jwk' }), kid: 'a' } });
});

it('without a kid the key has none', () => {
  expect(jwkFromPem(RSA, undefined)).toEqual({ kind: 'jwk', jwk: rsa.publicKey.export({ format: 'jwk' }) });
});

/** Valid in 2001 alone. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUF4Rk0xI60IZ1gvrVGAlfjOj8qHswCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZXhwaXJlZC5leGFtcGxlMB4XDTAxMDEwMTAwMDAwMFoXDTAy
MDEwMTAwMDAwMFowGjEYMBYGA1UEAwwPZXhwaXJlZC5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE+HOP4Kr8wtHIcuyox0x9Uh62xegNcKxeJ3pxo7/O
FHUuomN4kycEhL+c3/8BKgrIxar3h+uQIP3jvM/bzVyG2qNTMFEwHQYDVR0OBBYE
FBIDewp/b1JCzMWRqRRan2qwF/MTMB8GA1UdIwQYMBaAFBIDewp/b1JCzMWRqRRa
n2qwF/MTMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhALIU933e
fZtVNzjzuxExW62Lq77nvnV8Yvwz5KFlYoRYAiEA+DXb5YJPmuIw8iGZxEjd+Wby
773tPZb3HalQrz5lQT4=
-----END CERTIFICATE-----
`;

it('reads a certificate’s key, whatever its dates', () => {
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: '-HOP4Kr8wtHIcuyox0x9Uh62xegNcKxeJ3pxo7_OFHU',
    y: 'LqJjeJMnBIS_nN__ASoKyMWq94frkCD947zP281chto',
  };
  expect(jwkFromPem(CERTIFICATE, 'c')).toEqual({ kind: 'jwk', jwk: { ...jwk, kid: 'c' } });
  expect(problem(CERTIFICATE + CERTIFICATE)).toContain('2 PEM blocks');
});

it.each<[string, string]>([
  ['PKCS#8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
  ['SEC 1', p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
  ['encrypted', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----'],
  ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'],
])('refuses a private key, %s, even behind a public one, and quotes nothing of it', (_name, pem) => {
  for (const text of [pem, RSA + pem, pem + RSA]) {
    expect(problem(text)).toContain('is a private key');
    expect(problem(text)).not.toContain(pem.split('\n')[1]);
  }
});

const body = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
const der = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

it.each<[string, string, string]>([
  ['nothing', '', 'has no -----BEGIN'],
  ['bare Base64', der, 'has no -----BEGIN'],
  ['an OpenSSH public key', 'ssh-rsa AAAAB3NzaC1yc2E= joe@x', 'has no -----BEGIN'],
  ['two keys', RSA + RSA, 'has 2 PEM blocks'],
  ['a request', body('CERTIFICATE REQUEST', der), 'other than PUBLIC KEY'],
  ['a label in lower case', body('public key', der), 'other than PUBLIC KEY'],
  ['an EC label', body('EC PUBLIC KEY', der), 'other than PUBLIC KEY'],
  ['no end', RSA.slice(0, 200), 'cut short or damaged'],
  ['another end', RSA.replace('END PUBLIC KEY', 'END CERTIFICATE'), 'cut short or damaged'],
  ['no Base64', body('PUBLIC KEY', '!!!!'), 'cut short or damaged'],
  ['headers', body('PUBLIC KEY', `Proc-Type: 4\n\n${der}`), 'cut short or damaged'],
  ['an empty block', body('PUBLIC KEY', ''), 'is damaged'],
  ['half a key', body('PUBLIC KEY', der.slice(0, 200)), 'is damaged'],
  ['SPKI as a certificate', body('CERTIFICATE', der), 'is damaged'],
  ['SPKI as PKCS#1', body('RSA PUBLIC KEY', der), 'is damaged'],
  ['RSASSA-PSS', spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey), 'not RSASSA-PSS'],
  [
    'DSA',
    spki(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 224 }).publicKey),
    'other than RSA',
  ],
  ['P-224', spki(generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey), 'other than'],
  ['X25519', spki(generateKeyPairSync('x25519').publicKey), 'other than Ed25519'],
  ['Ed448', spki(generateKeyPairSync('ed448').publicKey), 'other than Ed25519'],
  ['RSA of 1,024 bits', spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey), '1024 bits'],
  ['a long text', `${RSA}${' '.repeat(65_536)}`, 'longer than 65536'],
])('refuses %s', (_name, pem, because) => {
  expect(problem(pem)).toContain(because);
});

it('takes a curve described by its parameters only if they are the standard’s (CVE-2020-0601)', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  expect(jwkFromPem(spki(publicKey), undefined)).toEqual({ kind: 'jwk', jwk: { kty, crv, x, y } });

  // The key itself as generator: 1 is then its private key.
  const forged = publicKey.export({ type: 'spki', format: 'der' });
  const point = Buffer.concat(['BA', x ?? '', y ?? ''].map((part) => Buffer.from(part, 'base64url')));
  const generator = Buffer.from(p256Curve.Point.BASE.toBytes(false));
  point.copy(forged, forged.indexOf(generator));
  expect(problem(body('PUBLIC KEY', forged.toString('base64')))).toContain('is damaged');
});

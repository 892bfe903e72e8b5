/** Secrets and ConfigMaps that ports name for TLS, where they stand in the files that lint and inject are given. */

import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { publicJwk } from '../../test/support/tokens.ts';
import { NOW } from '../../test/support/verification.ts';
import { type Authority, type Certificate, createAuthority } from '../issuers/testing/certificates.ts';
import { injectCommand } from './inject.ts';
import { lintCommand } from './lint.ts';
import { fileWith, runCommand } from './testing/run.ts';

let authority: Authority;
let pair: Certificate;
let other: Certificate;
let ended: Certificate;

beforeAll(async () => {
  authority = await createAuthority('ca');
  [pair, other] = [await authority.issue(['api.example']), await authority.issue(['api.example'])];
  ended = await authority.issue(['api.example'], new Date((NOW - 60) * 1000));
});

const okta = source('okta', {
  issuer: 'https://issuer.example',
  audiences: ['api'],
  keys: { jwks: { keys: [publicJwk('RS256')] } },
});
const api = (tls: object = { secretName: 'api' }) =>
  binding('api', { sources: [{ name: 'okta' }], ports: [{ port: 8443, protocol: 'HTTPS', tls }] });
const CA = { caFrom: { configMapKeyRef: { name: 'ca', key: 'ca.crt' } } };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const encoded = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
const object = (kind: string, name: string, rest: object, namespace = 'shop') => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  ...rest,
});
const secret = (rest: object, name = 'api', namespace = 'shop') =>
  object('Secret', name, { type: 'kubernetes.io/tls', ...rest }, namespace);
const configMap = (rest: object, name = 'ca') => object('ConfigMap', name, rest);
const tlsData = ({ cert, key }: Certificate) => ({ 'tls.crt': cert, 'tls.key': key });

const linted = async (...objects: object[]): Promise<readonly string[]> => {
  const { out } = await runCommand(lintCommand, ['-f', fileWith(yaml([okta, ...objects]))]);
  for (const pem of [pair, other, ended].flatMap((one) => [one.key, one.cert])) {
    expect(out).not.toContain(pem.split('\n')[1]);
  }
  return out
    .split('\n')
    .slice(0, -2)
    .map((line) => line.replace(/^.*?: (error|warning): ApiBinding shop\/api: /, '$1 '));
};

describe('a Secret that a port names', () => {
  it('is good in data and in stringData, with a chain, and with a key of another form', async () => {
    expect(await linted(api(), secret({ data: encoded(tlsData(pair)) }))).toEqual([]);
    expect(await linted(api(), secret({ stringData: tlsData(pair) }))).toEqual([]);
    expect(await linted(api(), secret({ data: encoded(tlsData(other)), stringData: tlsData(pair) }))).toEqual(
      [],
    );
    const chain = { ...tlsData(pair), 'tls.crt': `${pair.cert}\n${authority.certificate}\n` };
    expect(await linted(api(), secret({ stringData: chain }))).toEqual([]);
  });

  const FIELD = 'spec.ports[0].tls.secretName: Secret shop/api';
  it.each<[string, () => object, string]>([
    [
      'of another type',
      () => ({ type: 'Opaque', stringData: tlsData(pair) }),
      `error ${FIELD} is of type Opaque; make it one of type kubernetes.io/tls (TLSInvalid)`,
    ],
    [
      'of no type',
      () => ({ type: undefined, stringData: tlsData(pair) }),
      `error ${FIELD} is of type Opaque; make it one of type kubernetes.io/tls (TLSInvalid)`,
    ],
    [
      'without a key',
      () => ({ stringData: { 'tls.crt': pair.cert } }),
      `error ${FIELD} has no key tls.key; add it (SecretNotFound)`,
    ],
    [
      'without a certificate',
      () => ({ stringData: { 'tls.key': pair.key } }),
      `error ${FIELD} has no key tls.crt; add it (SecretNotFound)`,
    ],
    [
      'with something else for a certificate',
      () => ({ stringData: { ...tlsData(pair), 'tls.crt': pair.key } }),
      `error ${FIELD} holds no certificates in tls.crt that can be read; put PEM blocks there that begin with -----BEGIN CERTIFICATE-----, the server's own first (TLSInvalid)`,
    ],
    [
      'with a broken one behind it',
      () => ({
        stringData: {
          ...tlsData(pair),
          'tls.crt': `${pair.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
        },
      }),
      `error ${FIELD} holds no certificates in tls.crt that can be read; put PEM blocks there that begin with -----BEGIN CERTIFICATE-----, the server's own first (TLSInvalid)`,
    ],
    [
      'with something else for a key',
      () => ({ stringData: { ...tlsData(pair), 'tls.key': pair.cert } }),
      `error ${FIELD} holds no private key in tls.key that can be read; put it there as PEM, without a passphrase (TLSInvalid)`,
    ],
    [
      'with a key that needs a passphrase',
      () => ({
        stringData: {
          ...tlsData(pair),
          'tls.key': generateKeyPairSync('ec', {
            namedCurve: 'P-256',
            publicKeyEncoding: { type: 'spki', format: 'pem' },
            privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
          }).privateKey,
        },
      }),
      `error ${FIELD} holds no private key in tls.key that can be read; put it there as PEM, without a passphrase (TLSInvalid)`,
    ],
    [
      'with the key of another certificate',
      () => ({ stringData: { ...tlsData(pair), 'tls.key': other.key } }),
      `error ${FIELD} has a private key in tls.key that does not belong to the first certificate in tls.crt; put the two there that were made together, the server's own certificate first (TLSInvalid)`,
    ],
    [
      'with the authority first',
      () => ({
        stringData: { ...tlsData(pair), 'tls.crt': `${authority.certificate}\n${pair.cert}` },
      }),
      `error ${FIELD} has a private key in tls.key that does not belong to the first certificate in tls.crt; put the two there that were made together, the server's own certificate first (TLSInvalid)`,
    ],
    [
      'whose certificate has ended',
      () => ({ stringData: tlsData(ended) }),
      `warning ${FIELD} has a certificate in tls.crt that ended at ${new Date((NOW - 60) * 1000).toISOString()}; renew it (CertificateExpired)`,
    ],
  ])('is found out: %s', async (_, rest, line) => {
    expect(await linted(api(), secret(rest()))).toEqual([line]);
  });

  it('says once all that is wrong, for each port', async () => {
    const found = await linted(
      binding('api', {
        sources: [{ name: 'okta' }],
        ports: [8080, 8081].map((port) => ({ port, tls: { secretName: 'api' } })),
      }),
      secret({ type: 'Opaque', stringData: {} }),
    );
    expect(found.map((line) => line.replace(/: Secret.*\(/, ' ('))).toEqual(
      [0, 1].flatMap((port) =>
        ['TLSInvalid', 'SecretNotFound', 'SecretNotFound'].map(
          (reason) => `error spec.ports[${port}].tls.secretName (${reason})`,
        ),
      ),
    );
  });
});

describe('a ConfigMap with authorities', () => {
  it('is good in data and in binaryData', async () => {
    const data = { 'ca.crt': `# ours\n${authority.certificate}\n${pair.cert}` };
    expect(await linted(api(CA), configMap({ data }))).toEqual([]);
    expect(await linted(api(CA), configMap({ binaryData: encoded(data) }))).toEqual([]);
  });

  const FIELD = 'spec.ports[0].tls.caFrom.configMapKeyRef.key: ConfigMap shop/ca';
  it.each<[string, () => object, string]>([
    [
      'without the key',
      () => ({ data: { ca: 'x' } }),
      `error ${FIELD} has no key ca.crt; add it, or correct the key (CABundleNotFound)`,
    ],
    [
      'with something else',
      () => ({ data: { 'ca.crt': 'x' } }),
      `error ${FIELD} holds no certificates in ca.crt that can be read; put PEM blocks there that begin with -----BEGIN CERTIFICATE----- (TLSInvalid)`,
    ],
    [
      'that have ended',
      () => ({ data: { 'ca.crt': ended.cert } }),
      `warning ${FIELD} has a certificate in ca.crt that ended at ${new Date((NOW - 60) * 1000).toISOString()}; renew it (CertificateExpired)`,
    ],
  ])('is found out: %s', async (_, rest, line) => {
    expect(await linted(api(CA), configMap(rest()))).toEqual([line]);
  });
});

describe('what is not in the files', () => {
  it('may be in the cluster', async () => {
    expect(await linted(api({ secretName: 'api', ...CA }))).toEqual([]);
    expect(await linted(api(), secret({ stringData: tlsData(pair) }, 'something-else'))).toEqual([]);
  });

  it('may be misspelt, where another of nearly that name is in them', async () => {
    expect(
      await linted(
        api({ secretName: 'apj-tls', ...CA }),
        secret({ stringData: tlsData(pair) }, 'api-tls'),
        configMap({ data: {} }, 'cas'),
      ),
    ).toEqual([
      'warning spec.ports[0].tls.secretName: Secret shop/apj-tls is not in these files, and Secret shop/api-tls is; correct the name, unless shop/apj-tls is in the cluster (TLSUnseen)',
      'warning spec.ports[0].tls.caFrom.configMapKeyRef.name: ConfigMap shop/ca is not in these files, and ConfigMap shop/cas is; correct the name, unless shop/ca is in the cluster (TLSUnseen)',
    ]);
  });

  it('is not taken from another namespace', async () => {
    expect(await linted(api(), secret({ stringData: tlsData(pair) }, 'api', 'elsewhere'))).toEqual([
      'warning spec.ports[0].tls.secretName: Secret shop/api is not in these files, and Secret elsewhere/api is; pods mount what is in their own namespace alone: put it into shop, unless there is one in the cluster (TLSUnseen)',
    ]);
  });
});

it('inject prints nothing where pods could not start, or answer', async () => {
  const workload = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'api' } },
      template: {
        metadata: { labels: { app: 'api' } },
        spec: { containers: [{ name: 'web', image: 'web', ports: [{ containerPort: 8443 }] }] },
      },
    },
  };
  const bound = binding('api', {
    targetRefs: [{ kind: 'Deployment', name: 'api' }],
    sources: [{ name: 'okta' }],
    hosts: [],
    ports: [{ port: 8443, protocol: 'HTTPS', tls: { secretName: 'api' } }],
  });
  const run = (rest: object) =>
    runCommand(injectCommand, ['-f', fileWith(yaml([okta, bound, workload, secret(rest)]))]);
  expect(await run({ stringData: tlsData(pair) })).toMatchObject({ code: 0 });
  const { code, out, err } = await run({ stringData: { 'tls.crt': pair.cert } });
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('Secret shop/api has no key tls.key; add it (SecretNotFound)');
  const { code: passed, err: warned } = await run({ stringData: tlsData(ended) });
  expect(passed).toBe(0);
  expect(warned).toContain('warning: ');
  expect(warned).toContain('(CertificateExpired)');
});

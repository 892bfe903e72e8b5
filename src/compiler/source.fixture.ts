/** Sources, keys and Secrets for tests; a binding beside each source brings it into the policy. */

import { generateKeyPairSync } from 'node:crypto';
import { isJwtPolicy } from '../sources/jwt/policy.ts';
import { compileManifests, manifest, source } from './compile.fixture.ts';

export const ISSUER = 'issuer: "https://id.example", audiences: [api]';
export const T1 = '9188040d-6c67-4c5b-b112-36a304b66dad';

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUcgmzOleXeqKix+Gj2u0knrl4OXQwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjMyMzMwMjVaGA8yMTI2MTAzMDIz
MzAyNVowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABIwMKbIBI3Af6vT3VsmN7LvRSpdqXCgTFJTR/2rS67sxLw6Sq57d5Ufi8fTX
HGcBChG1QGVi7Yj8wWVZ5zvepHajUzBRMB0GA1UdDgQWBBS/IV2tpCSFJAG5PXv2
9nVBAnHlGzAfBgNVHSMEGDAWgBS/IV2tpCSFJAG5PXv29nVBAnHlGzAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIFD99Wv/JUZQnWl+i0EMyqnxkjpQ
16BPzitlu93oCQp1AiEAy4i2Vu3hqrSCcKjg85SZJM76Jt25z0riLcI+6Lg2z+g=
-----END CERTIFICATE-----`;

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
export const pem = JSON.stringify(ec.publicKey.export({ type: 'spki', format: 'pem' }));
export const weakPem = JSON.stringify(weak.publicKey.export({ type: 'spki', format: 'pem' }));
export const publicJwk = ec.publicKey.export({ format: 'jwk' });
export const jwk = (more: object = {}) => JSON.stringify({ ...publicJwk, ...more });
export const weakJwk = JSON.stringify(weak.publicKey.export({ format: 'jwk' }));

export const hex = (bytes: number) => Buffer.alloc(bytes, 0xab).toString('hex');
export const secret = (name: string, data: string, metadata = '') =>
  manifest('Secret', `shop/${name}`, `stringData: {${data}}`, metadata);
export const hmac = (rest: string, encoding = 'Hex') =>
  `${ISSUER}, keys: {hmac: [{secretKeyRef: {name: s, key: k}, encoding: ${encoding}}]}${rest}`;
export const bundle = (kind: string) =>
  `${ISSUER}, fetch: {caBundleFrom: {${kind}: {name: ca, key: ca.crt}}}`;
export const caMap = (text: string) =>
  manifest('ConfigMap', 'shop/ca', `data: ${JSON.stringify({ 'ca.crt': text })}`);

/** With a binding beside it, so that the source gets into the policy. */
export const BOUND = manifest(
  'ApiBinding',
  'shop/api',
  'spec: {targetRefs: [{kind: Service, name: api}], sources: [{name: idp}]}',
);

export function compileSource(jwt: string, ...others: readonly string[]) {
  const result = compileManifests([source('shop/idp', jwt), BOUND, ...others]);
  const [policy] = result.update.policy.sources;
  if (policy === undefined || !isJwtPolicy(policy)) throw new Error('no JWT source in the policy');
  return { result, policy, plan: result.plans[0], acceptance: result.sources.get('shop/idp') };
}

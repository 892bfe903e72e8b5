/** The manifests that the measured validator reads: one source for each algorithm's key, any number of bindings. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { publicJwk, secretBytes } from '../support/tokens.ts';

export const ISSUER = 'https://bench.example';

export interface ManifestOptions {
  /** Each binding has a Trial beside it, of the same rules. */
  readonly trials?: boolean;
  /** Of each binding, beside what all have. */
  readonly spec?: (i: number) => object;
}

/** Bindings for h0.example, h1.example, …; the algorithm's key is named `a`. */
export function writeManifests(
  folder: string,
  alg: string,
  bindings: number,
  { trials = false, spec = () => ({}) }: ManifestOptions,
): void {
  const isSecret = alg.startsWith('HS');
  const keys = isSecret
    ? { hmac: [{ secretKeyRef: { name: 'bench', key: 'secret' }, encoding: 'Base64' }] }
    : { jwks: { keys: [publicJwk(alg)] } };
  const documents = [
    object('AuthenticationSource', 'bench', {
      jwt: { issuer: ISSUER, audiences: ['bench'], keys },
    }),
    ...(isSecret ? [secret(secretBytes(alg))] : []),
    ...Array.from({ length: bindings }, (_, i) => [
      object('ApiBinding', `b${i}`, { ...bindingFor(i), ...spec(i) }),
      ...(trials ? [object('ApiBinding', `t${i}`, { ...bindingFor(i), mode: 'Trial' })] : []),
    ]).flat(),
  ];
  writeFileSync(join(folder, 'bench.yaml'), documents.map((document) => stringify(document)).join('---\n'));
}

const bindingFor = (i: number): object => ({
  targetRefs: [{ kind: 'Service', name: `b${i}` }],
  hosts: [`h${i}.example`],
  sources: [{ name: 'bench' }],
  rules: [
    {
      name: 'health',
      match: { paths: [{ type: 'Exact', value: '/healthz' }] },
      authentication: 'None',
    },
    {
      name: 'orders',
      match: { paths: [{ type: 'PathPrefix', value: '/orders' }] },
      require: { roles: { anyOf: ['user'] } },
    },
  ],
});

function object(kind: string, name: string, spec: object): object {
  return { apiVersion: 'portcullis.dev/v1alpha1', kind, metadata: { name, namespace: 'bench' }, spec };
}

function secret(bytes: Buffer): object {
  // As a Secret holds it: base64 of the file, which is itself base64 text.
  const data = { secret: Buffer.from(bytes.toString('base64')).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bench', namespace: 'bench' }, data };
}

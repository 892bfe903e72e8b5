/** The cluster's own authority, and who is who in it: certificates, and a kubeconfig for each client. */

import 'reflect-metadata'; // @peculiar/x509 does not load without it
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { API_SERVER, API_SERVICE, IPV4, IPV6, NODE, place } from './place.ts';

/** Name of the files → subject of the certificate. */
const subjects = {
  apiserver: 'CN=kube-apiserver',
  admin: 'O=system:masters,CN=admin',
  controllers: 'CN=system:kube-controller-manager',
  scheduler: 'CN=system:kube-scheduler',
  proxy: 'CN=system:kube-proxy',
  node: `O=system:nodes,CN=system:node:${NODE}`,
} as const;

export type Identity = keyof typeof subjects;

export const CA = place('pki', 'ca.crt');
export const CA_KEY = place('pki', 'ca.key');
/** Signs the tokens of service accounts. */
export const ACCOUNTS_KEY = place('pki', 'accounts.key');

export const certificateOf = (identity: Identity): string => place('pki', `${identity}.crt`);
export const keyOf = (identity: Identity): string => place('pki', `${identity}.key`);
export const kubeconfigOf = (identity: Identity): string => place(`${identity}.kubeconfig`);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2090-01-01T00:00:00Z') };

const addresses = ['127.0.0.1', IPV4.node, IPV6.node, API_SERVICE];
const names = [
  ...['localhost', NODE, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
  'kubernetes.default.svc.cluster.local',
];

export async function writeCredentials(): Promise<void> {
  await mkdir(place('pki'), { recursive: true });
  const keys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=portcullis-cluster',
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const ca = authority.toString('pem');
  await write(CA, ca);
  await write(CA_KEY, await pemOf(keys.privateKey));
  await write(ACCOUNTS_KEY, accountsKey());

  for (const [identity, subject] of Object.entries(subjects)) {
    const own = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: authority.subject,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity,
      extensions: [
        new SubjectAlternativeNameExtension([
          ...addresses.map((value) => ({ type: 'ip' as const, value })),
          ...names.map((value) => ({ type: 'dns' as const, value })),
        ]),
      ],
    });
    const cert = certificate.toString('pem');
    const key = await pemOf(own.privateKey);
    await write(place('pki', `${identity}.crt`), cert);
    await write(place('pki', `${identity}.key`), key);
    await write(place(`${identity}.kubeconfig`), kubeconfig(ca, cert, key));
  }
}

const write = (file: string, content: string): Promise<void> => writeFile(file, content, { mode: 0o600 });

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
}

/** RSA, as everywhere: whoever verifies such tokens counts on it. */
function accountsKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return privateKey;
}

function kubeconfig(ca: string, cert: string, key: string): string {
  const data = (text: string): string => Buffer.from(text).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'portcullis', cluster: { server: API_SERVER, 'certificate-authority-data': data(ca) } },
    ],
    users: [{ name: 'own', user: { 'client-certificate-data': data(cert), 'client-key-data': data(key) } }],
    contexts: [{ name: 'portcullis', context: { cluster: 'portcullis', user: 'own' } }],
    'current-context': 'portcullis',
  });
}

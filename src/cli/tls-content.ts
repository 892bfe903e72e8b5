/** What is wrong with a Secret that callers are to be shown, or with authorities that an app's certificate is checked by. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificateBlocks } from '../compiler/authorities.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { FindingReason } from '../resources/reasons.ts';
import { CERTIFICATE_KEY, PRIVATE_KEY } from '../sidecar/port-tls.ts';

/** Messages never hold what stands in a key. */
export interface TlsProblem {
  readonly reason: FindingReason;
  readonly message: string;
  readonly remedy: string;
}

const TLS_TYPE = 'kubernetes.io/tls';
const BLOCKS = 'put PEM blocks there that begin with -----BEGIN CERTIFICATE-----';

/** @param now Unix seconds. */
export function tlsSecretProblems(secret: Secret, now: number): readonly TlsProblem[] {
  const title = titleOf(secret);
  const problems: TlsProblem[] = [];
  // As API servers fill it in.
  const { type = 'Opaque' } = secret;
  if (type !== TLS_TYPE) {
    const remedy = `make it one of type ${TLS_TYPE}`;
    problems.push({ reason: 'TLSInvalid', message: `${title} is of type ${shown(type)}`, remedy });
  }
  const [chain, key] = [textOf(secret, CERTIFICATE_KEY), textOf(secret, PRIVATE_KEY)];
  for (const [name, text] of [
    [CERTIFICATE_KEY, chain],
    [PRIVATE_KEY, key],
  ] as const) {
    if (text !== undefined) continue;
    problems.push({ reason: 'SecretNotFound', message: `${title} has no key ${name}`, remedy: 'add it' });
  }
  const certificates = chain === undefined ? [] : certificatesIn(chain);
  const privateKey = key === undefined ? undefined : privateKeyIn(key);
  if (certificates === undefined) {
    problems.push(noCertificates(title, CERTIFICATE_KEY, `${BLOCKS}, the server's own first`));
  }
  if (key !== undefined && privateKey === undefined) {
    problems.push({
      reason: 'TLSInvalid',
      message: `${title} holds no private key in ${PRIVATE_KEY} that can be read`,
      remedy: 'put it there as PEM, without a passphrase',
    });
  }
  const [own] = certificates ?? [];
  if (own !== undefined && privateKey !== undefined && !own.checkPrivateKey(privateKey)) {
    problems.push({
      reason: 'TLSInvalid',
      message: `${title} has a private key in ${PRIVATE_KEY} that does not belong to the first certificate in ${CERTIFICATE_KEY}`,
      remedy: "put the two there that were made together, the server's own certificate first",
    });
  }
  return [...problems, ...outOfTime(title, CERTIFICATE_KEY, certificates ?? [], now)];
}

/** @param now Unix seconds. */
export function authoritiesProblems(map: ConfigMap, key: string, now: number): readonly TlsProblem[] {
  const title = titleOf(map);
  const text = textOf(map, key);
  if (text === undefined) {
    const remedy = 'add it, or correct the key';
    return [{ reason: 'CABundleNotFound', message: `${title} has no key ${key}`, remedy }];
  }
  const certificates = certificatesIn(text);
  return certificates === undefined
    ? [noCertificates(title, key, BLOCKS)]
    : outOfTime(title, key, certificates, now);
}

const titleOf = ({ kind, metadata: { namespace, name } }: Secret | ConfigMap): string =>
  `${kind} ${namespace}/${name}`;

/** A type may be any text. */
const shown = (type: string): string => (/^[\w./-]{1,100}$/.test(type) ? type : 'another kind');

function textOf({ data }: Secret | ConfigMap, key: string): string | undefined {
  const bytes = data.get(key);
  return bytes && Buffer.from(bytes).toString('utf8');
}

const certificatesIn = (text: string): readonly X509Certificate[] | undefined =>
  certificateBlocks(text)?.map((block) => new X509Certificate(block));

function privateKeyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

const noCertificates = (title: string, key: string, remedy: string): TlsProblem => ({
  reason: 'TLSInvalid',
  message: `${title} holds no certificates in ${key} that can be read`,
  remedy,
});

/** The first that does not hold now. */
function outOfTime(
  title: string,
  key: string,
  certificates: readonly X509Certificate[],
  now: number,
): readonly TlsProblem[] {
  const time = new Date(now * 1000);
  for (const { validFromDate, validToDate } of certificates) {
    const problem = (text: string, remedy: string): readonly TlsProblem[] => [
      { reason: 'CertificateExpired', message: `${title} has a certificate in ${key} that ${text}`, remedy },
    ];
    if (validToDate <= time) return problem(`ended at ${validToDate.toISOString()}`, 'renew it');
    if (validFromDate > time) {
      return problem(`begins at ${validFromDate.toISOString()}`, 'see that the clock is right, or wait');
    }
  }
  return [];
}

/** The private certificate authorities of a source: caBundleFrom, found and read. */

import { X509Certificate } from 'node:crypto';
import type { CaBundleReference } from '../resources/effective.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { Issue } from './issues.ts';

export interface Authorities {
  /** PEM certificates; undefined = the system's authorities. */
  readonly pem: string | undefined;
  /** None, or the one error for which the source cannot be used. */
  readonly issues: readonly Issue[];
}

/** `found` is the object that the `reference` at `field` names, if there is one. */
export function certificateAuthorities(
  { reference, field: place }: { readonly reference: CaBundleReference | undefined; readonly field: string },
  namespace: string,
  found: Secret | ConfigMap | undefined,
  secretsPermitted: boolean,
): Authorities {
  if (reference === undefined) return { pem: undefined, issues: [] };
  const { kind, ref } = reference;
  const field = `${place}.${kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'}`;
  const object = `${kind} ${namespace}/${ref.name}`;
  if (found === undefined && kind === 'Secret' && !secretsPermitted) {
    return refuse(
      'SecretNotPermitted',
      `${field}.name`,
      `the control plane may not read Secrets in the namespace ${namespace}`,
      `put the certificates into a ConfigMap, or add ${namespace} to the chart's secretAccess.namespaces`,
    );
  }
  if (found === undefined) {
    return refuse(
      'CABundleNotFound',
      `${field}.name`,
      `there is no ${object}`,
      kind === 'Secret' ? CREATE : `${CREATE}; should it be there, ${permit(namespace)}`,
    );
  }
  const value = found.data.get(ref.key);
  if (value === undefined) {
    return refuse(
      'CABundleNotFound',
      `${field}.key`,
      `${object} has no key ${ref.key}`,
      'add it, or correct the key',
    );
  }
  const pem = readCertificates(Buffer.from(value).toString('utf8'));
  if (pem !== undefined) return { pem, issues: [] };
  return refuse(
    'KeyInvalid',
    `${field}.key`,
    `key ${ref.key} of ${object} holds no certificates that can be read`,
    'put PEM blocks there that begin with -----BEGIN CERTIFICATE-----',
  );
}

const CREATE = 'create it, or correct the name';
/** What may not be read is not seen to be there. */
const permit = (namespace: string): string =>
  `the control plane may not read it: add ${namespace} to the chart's configMapAccess.namespaces`;

/** The certificates alone: the rest of the text, such as a private key, must not be published. */
function readCertificates(text: string): string | undefined {
  const blocks = certificateBlocks(text);
  return blocks && `${blocks.join('\n')}\n`;
}

/** Each as PEM; undefined where there is none, or one that cannot be read. */
export function certificateBlocks(text: string): readonly string[] | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  return blocks?.every(isCertificate) === true ? blocks : undefined;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function refuse(reason: Issue['reason'], field: string, message: string, remedy: string): Authorities {
  return { pem: undefined, issues: [{ reason, field, message, remedy }] };
}

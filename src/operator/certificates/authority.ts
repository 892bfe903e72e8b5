/** What the authority's Secret holds, and back: the certificate that signs, the next and the previous one. Pure. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import {
  type Certificate,
  type CertificateWithKey,
  readAuthorityCertificate,
  readAuthorityPair,
  readServerPair,
} from './certificate.ts';

export interface Authority {
  /** Signs. */
  readonly current: CertificateWithKey;
  /** Is trusted already, to sign later. */
  readonly next: NextAuthority | undefined;
  /** Is trusted still, and signs no more: its key is gone. */
  readonly previous: PreviousAuthority | undefined;
}

export interface NextAuthority {
  readonly certificate: CertificateWithKey;
  /** Milliseconds since 1970; undefined until every caller has been given it. */
  readonly publishedAt: number | undefined;
}

export interface PreviousAuthority {
  readonly certificate: Certificate;
  /** When it ceased to sign; undefined where that is not known any more. */
  readonly retiredAt: number | undefined;
}

/** As the Secret has it: any part may be broken, and is absent then. */
export interface StoredAuthority extends Omit<Authority, 'current'> {
  readonly current: CertificateWithKey | undefined;
  /** A current certificate that is whole, but has lost its key. */
  readonly orphan: Certificate | undefined;
  /** There is something that belongs to no whole part. */
  readonly debris: boolean;
}

/** A Secret's `data`, decoded. */
export type SecretData = Readonly<Record<string, string>>;

const PARTS = {
  current: { certificate: 'ca.crt', key: 'ca.key' },
  next: { certificate: 'next.crt', key: 'next.key', published: 'next.published' },
  previous: { certificate: 'previous.crt', retired: 'previous.retired' },
} as const;

export function readSecretData(data: JsonValue | undefined): SecretData {
  const members = isJsonObject(data) ? Object.entries(data) : [];
  return Object.fromEntries(
    members.flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, Buffer.from(value, 'base64').toString('utf8')]] : [],
    ),
  );
}

export function writeSecretData(data: SecretData): JsonObject {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  );
}

export function readAuthority(data: SecretData): StoredAuthority {
  const { current: ca, next: coming, previous: gone } = PARTS;
  const current = readAuthorityPair(data[ca.certificate], data[ca.key]);
  const next = readAuthorityPair(data[coming.certificate], data[coming.key]);
  const previous = readAuthorityCertificate(data[gone.certificate]);
  const read = {
    current,
    orphan: current === undefined ? readAuthorityCertificate(data[ca.certificate]) : undefined,
    next: next && { certificate: next, publishedAt: readTime(data[coming.published]) },
    previous: previous && { certificate: previous, retiredAt: readTime(data[gone.retired]) },
  };
  return { ...read, debris: hasDebris(data, read) };
}

export function writeAuthority({ current, next, previous }: Authority): SecretData {
  return {
    [PARTS.current.certificate]: current.pem,
    [PARTS.current.key]: current.key,
    ...(next && {
      [PARTS.next.certificate]: next.certificate.pem,
      [PARTS.next.key]: next.certificate.key,
      ...(next.publishedAt !== undefined && { [PARTS.next.published]: writeTime(next.publishedAt) }),
    }),
    ...(previous && {
      [PARTS.previous.certificate]: previous.certificate.pem,
      ...(previous.retiredAt !== undefined && { [PARTS.previous.retired]: writeTime(previous.retiredAt) }),
    }),
  };
}

/** What callers are to trust, as PEM; always in the same order, whichever of them signs. */
export function bundleOf({ current, next, previous }: Authority): string {
  const trusted: Certificate[] = [current];
  if (next !== undefined) trusted.push(next.certificate);
  if (previous !== undefined) trusted.push(previous.certificate);
  const inOrder = trusted.toSorted((a, b) => a.notBefore - b.notBefore || (a.pem < b.pem ? -1 : 1));
  return [...new Set(inOrder.map(({ pem }) => pem))].join('');
}

export function readServer(data: SecretData): CertificateWithKey | undefined {
  return readServerPair(data['tls.crt'], data['tls.key']);
}

export function writeServer({ pem, key }: CertificateWithKey): SecretData {
  return { 'tls.crt': pem, 'tls.key': key };
}

function hasDebris(
  data: SecretData,
  { next, previous }: Pick<StoredAuthority, 'next' | 'previous'>,
): boolean {
  const broken = [
    ...(next === undefined ? Object.values(PARTS.next) : []),
    ...(previous === undefined ? Object.values(PARTS.previous) : []),
  ];
  return broken.some((name) => data[name] !== undefined);
}

function readTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function writeTime(time: number): string {
  return new Date(time).toISOString();
}

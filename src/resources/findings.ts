/** The one table of reasons for what is wrong with a manifest, and the finding that every tool reports alike. */

import { oneLine } from '../base/text.ts';
import type { Origin } from './set.ts';

export type Severity = 'error' | 'warning';

interface ReasonEntry {
  readonly severity: Severity;
  /** For the troubleshooting page: what it means, in a sentence. */
  readonly meaning: string;
}

const error = (meaning: string): ReasonEntry => ({ severity: 'error', meaning });
const warning = (meaning: string): ReasonEntry => ({ severity: 'warning', meaning });

/** Errors are reasons of Accepted=False (or SourcesResolved=False) too; warnings are said at admission and by lint. */
export const FINDING_REASONS = {
  // Files.
  Unreadable: error('The file is not YAML that can be read safely.'),
  Duplicate: error('Two manifests define the same object.'),

  // Any object.
  Invalid: error("The object breaks the schema's own rules."),
  InvalidExpression: error('A CEL expression cannot be used.'),
  PolicyTooLarge: error('Regular expressions take more than they may: see docs/limits.md.'),
  NotChecked: error(
    'The control plane had to serve before it came to this object, and refuses it for some minutes.',
  ),

  // AuthenticationSource.
  KeyInvalid: error('A key or certificate cannot be read, or is not one that verifies signatures.'),
  KeyTooShort: error('A key is too short to be safe.'),
  SecretNotFound: error('A Secret, or the key in it, does not exist.'),
  SecretNotPermitted: error('The control plane may not read a Secret.'),
  CABundleNotFound: error(
    'The ConfigMap or Secret of caBundleFrom or caFrom, or the key in it, does not exist.',
  ),
  AudienceUnchecked: warning('No audience is checked: tokens made for other APIs of the issuer are taken.'),
  IssuerUnchecked: warning('No issuer is checked: any token that the keys verify is taken.'),
  InsecureURL: warning('Keys would be fetched over http, which validators refuse unless told otherwise.'),
  AlgorithmUnusable: warning('An algorithm is allowed that the keys of this source can never use.'),
  RequirementUnmeetable: warning('No token can have what is required of every token: all are refused.'),
  KeyIDMissing: warning('More keys without kid fit one algorithm than are tried for a token.'),
  KeyIDDuplicate: warning('Two keys have one kid: a token that names it is tried with both.'),

  // ApiBinding.
  InvalidPath: error('A path, template or regular expression cannot be used.'),
  Conflicted: error(
    'An older binding guards the same hosts of the same workload, or says otherwise how a port is spoken.',
  ),
  IssuerDuplicate: error('Two sources of the binding claim the same issuer.'),
  SourceNotPermitted: error(
    'A source does not exist, or does not permit this namespace; the other sources keep working.',
  ),
  NumericTargetPort: error('Capture NamedPort needs a Service whose targetPort is a name.'),
  TLSInvalid: error(
    'A Secret or ConfigMap that a port names for TLS is of another type, or holds no certificate or private key that fits; said by lint and inject of those in the files.',
  ),
  HostShared: error('Routes of several namespaces attach the same host to one gateway.'),
  RuleOpen: warning('A rule lets in without a token whatever no earlier rule takes.'),
  RuleUnreachable: warning('A rule can never decide, because an earlier one takes every request.'),
  HeadUnlisted: warning(
    'A rule lists GET and not HEAD, so that another rule than its author thinks may judge HEAD.',
  ),
  CertificateExpired: warning('A certificate that a port names for TLS has ended, or has not begun.'),
  TLSUnseen: warning(
    'A Secret or ConfigMap that a port names for TLS is not in the files, and one of nearly that name is.',
  ),
  RequirementIgnored: warning('What a rule requires is never looked at.'),
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type FindingReason = keyof typeof FINDING_REASONS;

/** What a finding is about. */
export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something wrong, or doubtful, in a manifest. */
export interface Finding {
  readonly severity: Severity;
  readonly reason: FindingReason;
  /** Undefined when the file could not be read as far as the object. */
  readonly object: ObjectReference | undefined;
  readonly file?: string;
  /** Counted from 1, as is `column`. */
  readonly line?: number;
  readonly column?: number;
  /** Its path from the object, `spec.rules[0].match`. */
  readonly field?: string;
  /** What is wrong: a sentence without a capital and a full stop. Never holds a secret. */
  readonly message: string;
  /** What to do next: a sentence without a capital and a full stop. */
  readonly remedy: string;
}

/** Where a finding stands. */
export interface FindingPlace {
  readonly object: ObjectReference | undefined;
  readonly origin: Origin | undefined;
  readonly field?: string;
}

/** Makes a finding; severity comes from the table, line and column from the origin. */
export function finding(
  reason: FindingReason,
  place: FindingPlace,
  message: string,
  remedy: string,
): Finding {
  const { object, origin, field } = place;
  return {
    severity: FINDING_REASONS[reason].severity,
    reason,
    object,
    ...(origin && { file: origin.file, ...origin.locate(field ?? '') }),
    ...(field !== undefined && field !== '' && { field }),
    message,
    remedy,
  };
}

/** The finding's object, from a manifest's own words. */
export function referenceTo(object: {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}): ObjectReference {
  return { kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name };
}

/** One line of text: `file:3:7: error: ApiBinding shop/orders: spec.sources: message; remedy (Invalid)`. */
export function renderFinding(finding: Finding): string {
  const { file, line, column, severity, object, field, message, remedy, reason } = finding;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const parts = [
    place,
    severity,
    object && `${object.kind} ${object.namespace}/${object.name}`,
    field,
    `${message}; ${remedy} (${reason})`,
  ];
  return oneLine(parts.filter(Boolean).join(': '));
}

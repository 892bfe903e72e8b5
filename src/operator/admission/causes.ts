/** Which findings are the object's own fault, and which may go away when another object is applied. */

import type { Issue } from '../../compiler/issues.ts';
import { FINDING_REASONS, type FindingReason } from '../../resources/findings.ts';

/**
 * Own: refused, for nothing else could mend it. Others: said as a warning, because manifests are applied in any order;
 * the status tells how it came out.
 */
const CAUSES: Readonly<Record<FindingReason, 'own' | 'others'>> = {
  Unreadable: 'own',
  Duplicate: 'own',
  Invalid: 'own',
  InvalidExpression: 'own',
  PolicyTooLarge: 'own',
  NotChecked: 'others',
  KeyInvalid: 'own',
  KeyTooShort: 'own',
  InvalidPath: 'own',
  SecretNotFound: 'others',
  SecretNotPermitted: 'others',
  CABundleNotFound: 'others',
  Conflicted: 'others',
  IssuerDuplicate: 'others',
  SourceNotPermitted: 'others',
  NumericTargetPort: 'others',
  HostShared: 'others',
  TLSInvalid: 'others',
  // Warnings anyway.
  AudienceUnchecked: 'own',
  IssuerUnchecked: 'own',
  InsecureURL: 'own',
  AlgorithmUnusable: 'own',
  RequirementUnmeetable: 'own',
  KeyIDMissing: 'own',
  KeyIDDuplicate: 'own',
  RuleOpen: 'own',
  RuleUnreachable: 'own',
  HeadUnlisted: 'own',
  CertificateExpired: 'others',
  TLSUnseen: 'others',
  RequirementIgnored: 'own',
};

/** What is said below these is about the content of a Secret or ConfigMap, whatever the reason. */
const REFERRING = ['spec.jwt.keys.hmac', 'spec.jwt.fetch.caBundleFrom'];

export function isAboutData({ field }: Pick<Issue, 'field'>): boolean {
  return REFERRING.some((place) => field.startsWith(place));
}

/** Whether the object must be refused for it. */
export function refuses(issue: Issue): boolean {
  const { reason } = issue;
  return FINDING_REASONS[reason].severity === 'error' && CAUSES[reason] === 'own' && !isAboutData(issue);
}

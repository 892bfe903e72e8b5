/** The one table of reasons for what is wrong with a manifest. What tools do about each is derived from its row. */

import type { SCHEMAS } from './schema.gen.ts';

/** The kinds of our own API. */
type OurKind = keyof typeof SCHEMAS;

export type Severity = 'error' | 'warning';

/**
 * What must change for the finding to go away. own: the object itself. other: another object, which has to be changed.
 * absent: an object that may still be applied. turn: nothing, it is looked at again.
 */
export type Cause = 'own' | 'other' | 'absent' | 'turn';

interface ReasonEntry {
  readonly severity: Severity;
  readonly cause: Cause;
  /** The kinds whose status can have the reason; none where only tools that read files say it. */
  readonly of: readonly OurKind[];
  /** For the troubleshooting page: what it means, in a sentence. */
  readonly meaning: string;
}

const SOURCE: readonly OurKind[] = ['AuthenticationSource'];
const BINDING: readonly OurKind[] = ['ApiBinding'];
const BOTH: readonly OurKind[] = [...SOURCE, ...BINDING];
const NEITHER: readonly OurKind[] = [];

const error = (cause: Cause, of: readonly OurKind[], meaning: string): ReasonEntry => ({
  severity: 'error',
  cause,
  of,
  meaning,
});
/** Said at admission and by lint, never by a status. */
const warning = (meaning: string): ReasonEntry => ({
  severity: 'warning',
  cause: 'own',
  of: NEITHER,
  meaning,
});

/** Errors are reasons of Accepted=False (or SourcesResolved=False) too. */
export const FINDING_REASONS = {
  // Files.
  Unreadable: error('own', NEITHER, 'The file is not YAML that can be read safely.'),
  Duplicate: error('own', NEITHER, 'Two manifests define the same object.'),

  // Any object.
  Invalid: error('own', BOTH, "The object breaks the schema's own rules."),
  InvalidExpression: error('own', BOTH, 'A CEL expression cannot be used.'),
  PolicyTooLarge: error('own', BOTH, 'Regular expressions take more than they may: see docs/limits.md.'),
  NotChecked: error(
    'turn',
    BOTH,
    'The control plane had to serve before it came to this object, and refuses it for some minutes.',
  ),

  // AuthenticationSource.
  KeyInvalid: error(
    'own',
    SOURCE,
    'A key or certificate cannot be read, or is not one that verifies signatures.',
  ),
  KeyTooShort: error('own', SOURCE, 'A key is too short to be safe.'),
  SecretNotFound: error('absent', SOURCE, 'A Secret, or the key in it, does not exist.'),
  SecretNotPermitted: error('absent', SOURCE, 'The control plane may not read a Secret.'),
  CABundleNotFound: error(
    'absent',
    SOURCE,
    'The ConfigMap or Secret of caBundleFrom or caFrom, or the key in it, does not exist.',
  ),
  AudienceUnchecked: warning('No audience is checked: tokens made for other APIs of the issuer are taken.'),
  IssuerUnchecked: warning('No issuer is checked: any token that the keys verify is taken.'),
  InsecureURL: warning('Keys would be fetched over http, which validators refuse unless told otherwise.'),
  AlgorithmUnusable: warning('An algorithm is allowed that the keys of this source can never use.'),
  RequirementUnmeetable: warning('No token can have what is required of it: all are refused.'),
  KeyIDMissing: warning('More keys without kid fit one algorithm than are tried for a token.'),
  KeyIDDuplicate: warning('Two keys have one kid: a token that names it is tried with both.'),

  // ApiBinding.
  InvalidPath: error('own', BINDING, 'A path, template or regular expression cannot be used.'),
  Conflicted: error(
    'other',
    BINDING,
    'An older binding guards the same hosts of the same workload, or says otherwise how a port is spoken.',
  ),
  ResourceConflict: error(
    'other',
    BINDING,
    'An older binding of the same workload or gateway serves the metadata of a resource at the same URL.',
  ),
  AnswerInvalid: error('own', BINDING, 'A host of the login page, or the body of a denial, cannot be used.'),
  IssuerDuplicate: error('other', BINDING, 'Two sources of the binding claim the same issuer.'),
  SourceNotPermitted: error(
    'absent',
    BINDING,
    'A source does not exist, or does not permit this namespace; the other sources keep working.',
  ),
  TLSInvalid: error(
    'other',
    NEITHER,
    'A Secret or ConfigMap that a port names for TLS is of another type, or holds no certificate or private key that fits; said by lint and inject of those in the files.',
  ),
  TrialAlone: warning(
    'A binding in mode Trial has no target that a binding has which decides: it is as in mode Audit, and lets every request pass.',
  ),
  ResourceWithoutIssuer: warning(
    'The metadata of a resource names no authorization server, so that a client cannot tell where to get a token.',
  ),
  ResourceHostUnguarded: warning("The host of a resource's identifier is none of the binding's hosts."),
  ResourceTrailingSlash: warning(
    "A resource's identifier ends in a slash behind a path, which many clients leave out.",
  ),
  AnswerUnreachable: warning('An earlier body has a status already, so that the later one is never taken.'),
  LoginHostUnguarded: warning('The login page is for a host that the binding does not guard.'),
  LoginGuarded: warning('The binding guards the login page itself, so that nobody can log in.'),
  LoginUnused: warning('Nobody is sent to the login page: with mcp.other: Deny, every GET is answered 405.'),
  LoginWithoutCookie: warning(
    'Browsers are sent to a login page, and no token is looked for in a cookie, which is all that they bring back.',
  ),
  ScopeMalformed: warning('A rule names a scope with a space, or another character that no scope has.'),
  RuleOpen: warning('A rule lets in without a token whatever no earlier rule takes.'),
  RuleUnreachable: warning('A rule can never decide, because an earlier one takes every request.'),
  HeadUnlisted: warning(
    'A rule lists GET and not HEAD, so that another rule than its author thinks may judge HEAD.',
  ),
  McpNameless: warning(
    'A rule names names of an MCP method whose requests carry none: it takes none of them.',
  ),
  McpMethodUnknown: warning('A rule names a method that clients of MCP do not call.'),
  McpNameEncoded: warning(
    'A rule names a name as a header encodes it: no call has it, for names are compared as they are meant.',
  ),
  McpVersionUnknown: warning('A version of MCP is no date of the calendar, so that no client speaks it.'),
  McpWithoutMetadata: warning(
    'No challenge of an MCP server says where its metadata is, by which clients find out where to get a token.',
  ),
  McpBodyUnread: warning(
    'A body for 400 is no JSON-RPC error, which clients of MCP need to find out which versions are taken.',
  ),
  McpPassable: warning(
    'With mcp.other: Pass, a call without the headers of MCP is judged by a rule that asks for less.',
  ),
  CertificateExpired: warning('A certificate that a port names for TLS has ended, or has not begun.'),
  TLSUnseen: warning(
    'A Secret or ConfigMap that a port names for TLS is not in the files, and one of nearly that name is.',
  ),
  RequirementIgnored: warning('What a rule requires is never looked at.'),
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type FindingReason = keyof typeof FINDING_REASONS;

/** The errors that the status of an object of this kind can have, in the order of the table. */
export const errorsOf = (kind: OurKind): readonly FindingReason[] =>
  REASONS.filter((reason) => FINDING_REASONS[reason].of.includes(kind));

const REASONS = Object.keys(FINDING_REASONS).filter(isFindingReason);

function isFindingReason(text: string): text is FindingReason {
  return Object.hasOwn(FINDING_REASONS, text);
}

/** Whether the object itself is wrong: no other object can mend it. */
export function isOwnError(reason: FindingReason): boolean {
  const { severity, cause } = FINDING_REASONS[reason];
  return severity === 'error' && cause === 'own';
}

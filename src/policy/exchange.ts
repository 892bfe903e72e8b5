/**
 * The exchange between control plane and validator: its paths, its header fields and their values. Readers never throw.
 *
 * `GET /v1/policy` waits until there is another policy than the one in `If-None-Match`, which is the
 * acknowledgement of it, and than the one in `Portcullis-Rejected`. When the time is up the answer is 304, and
 * its `ETag` is the version that is meant to be in force: so a validator that could not apply the newest
 * policy learns whether its own counts again.
 */

import { POLICY_FORMAT } from './policy.ts';

export const POLICY_PATH = '/v1/policy';
export const REFRESH_PATH = '/v1/keys/refresh';
/** In the query of `POLICY_PATH`: namespace/name of the Gateway whose routes are wanted. */
export const GATEWAY_PARAMETER = 'gateway';

/** How long a question without news is held; in milliseconds, give or take the jitter. */
export const POLL_HOLD = 10_000;
export const POLL_JITTER = 2000;

/** The longest answer that a validator reads. */
export const MAX_ENVELOPE_BYTES = 64 * 1024 * 1024;

/** `POLICY_FORMAT`, in questions and answers. */
export const FORMAT_FIELD = 'portcullis-policy-format';
/** In questions: the policy that was sent last and could not be applied, and why. */
export const REJECTED_FIELD = 'portcullis-rejected';
/**
 * In questions for a Gateway's policy: `true` once this process has been asked to judge a request, else `false`. A
 * validator that does not send it says nothing.
 */
export const ASKED_FIELD = 'portcullis-asked';
/**
 * In questions for a Gateway's policy: `true` while every check that this process is asked says which route matched,
 * `false` while some do not. A validator that has not been asked does not send it, nor does one of an older version.
 */
export const TELLS_ROUTES_FIELD = 'portcullis-tells-routes';
/**
 * In questions: those of `LATER_MEMBERS` that the validator knows, as `trials, authentication`. It would refuse a policy
 * with any other, so its policies have none.
 */
export const TAKES_FIELD = 'portcullis-takes';
/** In answers, 200 and 304: when the keys of which source were last fetched well. */
export const KEYS_CHECKED_FIELD = 'portcullis-keys-checked';

/** Members of the policy that came after the format's number was set: validators of older versions refuse them. */
export const LATER_MEMBERS = [
  'trials',
  'authentication',
  'expression-scopes',
  'revision',
  'resource',
  'mcp',
  'answers',
] as const;
export type LaterMember = (typeof LATER_MEMBERS)[number];

/** What a validator takes of them. The same set is the same object. */
export type TakenMembers = ReadonlySet<LaterMember>;

export interface Rejection {
  readonly version: string;
  /** One short line. */
  readonly reason: string;
}

const VERSION = /^[A-Za-z0-9._-]{1,128}$/;
const SOURCE_UID = /^[A-Za-z0-9._/-]{1,512}$/;
const CHECKED = /^([^=]+)=(\d{1,12})$/;
const REASON_LENGTH = 256;
const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
/** The name has 253 characters at most. */
const GATEWAY = new RegExp(`^${LABEL}/(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);

/** Whether a `Portcullis-Policy-Format` is ours. */
export function speaksOurFormat(field: string | undefined): boolean {
  return field === String(POLICY_FORMAT);
}

/** What stands in ETag and If-None-Match. */
export function formatEntityTag(version: string): string {
  return `"${version}"`;
}

/** The version in an ETag or If-None-Match; undefined for none, several, weak ones and `*`. */
export function parseEntityTag(field: string | undefined): string | undefined {
  const version = /^"([^"]*)"$/.exec(field ?? '')?.[1];
  return version !== undefined && VERSION.test(version) ? version : undefined;
}

/** What validators of this version take. */
export const TAKES_ALL: TakenMembers = new Set(LATER_MEMBERS);

export const formatTakes = (taken: TakenMembers): string => [...taken].join(', ');

/** What only a newer version knows is passed over: nothing is sent that this version does not know. */
export function parseTakes(field: string | undefined): TakenMembers {
  const names = new Set((field ?? '').split(',').map((name) => name.trim()));
  const taken = LATER_MEMBERS.filter((member) => names.has(member));
  const key = taken.join();
  const known = sets.get(key) ?? new Set(taken);
  sets.set(key, known);
  return known;
}

const sets = new Map<string, TakenMembers>([[LATER_MEMBERS.join(), TAKES_ALL]]);

/** Whole seconds, rounded down. A UID that no API server gives cannot be written, and is left out. */
export function formatKeysChecked(keysChecked: ReadonlyMap<string, number>): string {
  return [...keysChecked]
    .filter(([uid]) => SOURCE_UID.test(uid))
    .map(([uid, seconds]) => `${uid}=${Math.floor(seconds)}`)
    .join(',');
}

/** What cannot be read is left out, and of two times the earlier counts: keys only ever look older by it. */
export function parseKeysChecked(field: string | undefined): ReadonlyMap<string, number> {
  const keysChecked = new Map<string, number>();
  for (const entry of (field ?? '').split(',')) {
    const [, uid = '', digits] = CHECKED.exec(entry.trim()) ?? [];
    if (!SOURCE_UID.test(uid)) continue;
    keysChecked.set(uid, Math.min(keysChecked.get(uid) ?? Number.POSITIVE_INFINITY, Number(digits)));
  }
  return keysChecked;
}

/** Short, and in characters that a header field may hold. */
export function formatRejection({ version, reason }: Rejection): string {
  const safe = reason.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return `${version}; ${safe.length > REASON_LENGTH ? `${safe.slice(0, REASON_LENGTH - 3)}...` : safe}`;
}

export function parseRejection(field: string | undefined): Rejection | undefined {
  const [, version = '', reason = ''] = /^([^;]*);\s*(.*)$/.exec(field ?? '') ?? [];
  return VERSION.test(version) ? { version, reason: reason.slice(0, REASON_LENGTH) } : undefined;
}

/** True for namespace/name with names as Kubernetes allows them. */
export function isGatewayName(text: string): boolean {
  return GATEWAY.test(text);
}

/** An hour. A server cannot send a validator away for longer. */
const LONGEST_RETRY = 3600;

/** Reads Retry-After (RFC 9110 section 10.2.3) in seconds; undefined for anything but seconds: dates are not read. */
export function parseRetryAfter(field: string | undefined): number | undefined {
  return field !== undefined && /^\d{1,9}$/.test(field) ? Math.min(Number(field), LONGEST_RETRY) : undefined;
}

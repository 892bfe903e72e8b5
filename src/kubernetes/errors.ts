/** The one table of what can become of a call to the API server, and what it said, fit to stand in a status. */

import { errorCode } from '../base/error-code.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { oneLine, shorten } from '../base/text.ts';

/** What each kind means; callers switch over them. */
export const ERROR_KINDS = {
  NotFound: 'there is no such object, or no such kind',
  AlreadyExists: 'an object of that name is there already',
  Conflict: 'the object has changed meanwhile, or is not the one that was meant',
  Gone: 'the resourceVersion or the continue token is too old, or of another history: list anew',
  Unauthorized: 'the API server does not know who asks',
  Forbidden: 'RBAC or an admission webhook says no',
  Invalid: 'the API server refuses the content',
  TooManyRequests: 'the API server wants fewer requests',
  Timeout: 'no whole answer in time',
  Unreachable: 'no connection, or one that broke',
  ServerError: 'the fault is on the side of the API server',
  Unexpected: 'the answer is not one of an API server',
  Aborted: 'the caller no longer wants it',
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;

export interface KubernetesError {
  readonly kind: ErrorKind;
  /** What was asked, and what came of it; one line of at most 512 characters, and never a secret. */
  readonly message: string;
  /** Seconds for which the API server wants to be left alone. */
  readonly retryAfter?: number;
}

export interface Failed {
  readonly kind: 'failed';
  readonly error: KubernetesError;
}

/** What a call gives. It rejects for bugs alone. */
export type Outcome<T> = { readonly kind: 'ok'; readonly value: T } | Failed;

/** Characters, besides an ellipsis. */
const LONGEST_MESSAGE = 511;
/** A server that asks for more than this is not believed. */
const MAX_RETRY_AFTER = 300;

export function ok<T>(value: T): Outcome<T> {
  return { kind: 'ok', value };
}

export function failed(kind: ErrorKind, message: string, retryAfter?: number): Failed {
  const error = { kind, message: shorten(oneLine(message).trim(), LONGEST_MESSAGE) };
  return { kind: 'failed', error: retryAfter === undefined ? error : { ...error, retryAfter } };
}

/** What a call is about, for messages. */
export interface CallSubject {
  /** Such as `get secrets shop/key`. */
  readonly what: string;
  /** The API server's own words may quote a secret: they are left out. */
  readonly sensitive: boolean;
}

/** From an answer's status and what of its body could be read. */
export function refusedByServer(
  { what, sensitive }: CallSubject,
  status: number,
  body: JsonValue | undefined,
  retryAfterHeader?: string,
): Failed {
  const { message, reason, details } = isJsonObject(body) ? body : {};
  const kind = isBehind(details) ? 'Gone' : kindOf(status, reason);
  const words = sensitive || typeof message !== 'string' || message === '' ? ERROR_KINDS[kind] : message;
  const inBody = isJsonObject(details) ? details.retryAfterSeconds : undefined;
  return failed(kind, `${what}: ${status} ${words}`, retryAfterOf(retryAfterHeader ?? inBody));
}

/** From what `fetch`-like calls throw. The name of the error is enough: its text may hold an address, never a secret. */
export function unreachable({ what }: CallSubject, error: unknown): Failed {
  const cause = networkCause(error);
  const how = SILENT.test(cause) ? 'neither answers nor refuses' : 'cannot be reached';
  return failed('Unreachable', `${what}: the API server ${how} (${cause})`);
}

/** Packets vanish: no connection came about, or all of them were given up because nothing came back on one. */
const SILENT = /^(UND_ERR_CONNECT_TIMEOUT|UND_ERR_DESTROYED|ETIMEDOUT)$/;

function kindOf(status: number, reason: JsonValue | undefined): ErrorKind {
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return 'Invalid';
    case 401:
      return 'Unauthorized';
    case 403:
      return 'Forbidden';
    case 404:
      return 'NotFound';
    case 409:
      return reason === 'AlreadyExists' ? 'AlreadyExists' : 'Conflict';
    case 410:
      return 'Gone';
    case 429:
      return 'TooManyRequests';
    case 408:
    case 504:
      return 'Timeout';
    default:
      return status >= 500 ? 'ServerError' : 'Unexpected';
  }
}

/** The server's history ends before the resourceVersion: a 504, which would be the same however often it was asked. */
function isBehind(details: JsonValue | undefined): boolean {
  const { causes } = isJsonObject(details) ? details : {};
  return (
    Array.isArray(causes) &&
    causes.some((cause) => isJsonObject(cause) && cause.reason === 'ResourceVersionTooLarge')
  );
}

function retryAfterOf(value: JsonValue | undefined): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !(seconds > 0)) return undefined;
  return Math.min(seconds, MAX_RETRY_AFTER);
}

function networkCause(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : 'unknown cause');
}

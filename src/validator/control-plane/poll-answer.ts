/** Reads the control plane's answer to a poll for the policy. Pure. */

import type { IncomingHttpHeaders } from 'node:http';
import { parseEnvelopeInSteps } from '../../policy/envelope.ts';
import {
  FORMAT_FIELD,
  KEYS_CHECKED_FIELD,
  MAX_ENVELOPE_BYTES,
  parseEntityTag,
  parseKeysChecked,
  parseRetryAfter,
  type Rejection,
  speaksOurFormat,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT, type PolicyUpdate } from '../../policy/policy.ts';
import { readSourcePolicy } from '../../sources/kinds.ts';

/** What the question said. */
export interface SentReport {
  /** In force; undefined = none, or one that is to be sent anew. */
  readonly version: string | undefined;
  readonly rejected: Rejection | undefined;
}

export interface AnswerProblem {
  readonly kind: 'problem';
  /** Problems of one topic are logged once. */
  readonly topic: string;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/** A policy came that cannot be applied. */
interface Rejected {
  readonly kind: 'rejected';
  readonly rejection: Rejection;
}

interface News {
  readonly keysChecked: ReadonlyMap<string, number>;
  /** The server closes the connection after it. */
  readonly closes: boolean;
}

/** No binding guards the pod so far, or the control plane has not seen it yet. */
export const POD_UNKNOWN = 'pod unknown';

export type ControlPlaneAnswer =
  | (News & { readonly kind: 'policy' } & Pick<PolicyUpdate, 'policy' | 'secrets'>)
  /** The policy in force is the one that is meant to be. */
  | (News & { readonly kind: 'confirmed' })
  /** Nothing new, but the newest is the one that could not be applied. */
  | (Pick<News, 'closes'> & { readonly kind: 'unconfirmed' })
  | Rejected
  | AnswerProblem;

/** All that needs no body. */
type Bodiless = Exclude<ControlPlaneAnswer, { kind: 'policy' }>;

/** A policy follows. */
export interface BodyAwaited extends News {
  readonly kind: 'body';
  readonly version: string;
}

interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export function judgeHead({ status, headers }: Head, asked: SentReport): Bodiless | BodyAwaited {
  const retryAfter = parseRetryAfter(headers['retry-after']);
  switch (status) {
    case 200:
      return judgeSent(headers);
    case 304:
      return judgeNothingNew(headers, asked);
    case 401:
    case 403:
      return problem(
        'token refused',
        `the control plane does not accept our token (status ${status}): it must be of a service account, ` +
          'for the audience portcullis, and bound to this pod',
      );
    case 404:
      return problem(POD_UNKNOWN, 'the control plane does not know this pod, or not yet (status 404)');
    case 421:
    case 503:
      return {
        ...problem('no leader', `the control plane has no leader that could answer (status ${status})`),
        retryAfter,
      };
    default:
      return {
        ...problem(`status ${status}`, `the control plane answers with status ${status}`),
        retryAfter,
      };
  }
}

/** In steps, each of which yields what it has cost: a policy can be large. */
export function* judgeBody(
  { version, keysChecked, closes }: BodyAwaited,
  body: string | undefined,
): Generator<number, ControlPlaneAnswer, void> {
  if (body === undefined) return rejects(version, TOO_LARGE);
  const parsed = yield* parseEnvelopeInSteps(body, readSourcePolicy);
  if (parsed.kind === 'refused') return rejects(version, parsed.problem);
  const { policy, secrets } = parsed;
  return policy.version === version
    ? { kind: 'policy', policy, secrets, keysChecked, closes }
    : rejects(version, 'the version in its ETag is not its own');
}

const TOO_LARGE = `it is larger than ${MAX_ENVELOPE_BYTES / 1024 / 1024} MiB`;

function judgeSent(headers: IncomingHttpHeaders): BodyAwaited | Rejected | AnswerProblem {
  const version = parseEntityTag(headers.etag);
  if (version === undefined) {
    return problem('no version', 'the control plane sends a policy without a version in its ETag');
  }
  if (!speaksOurFormat(field(headers, FORMAT_FIELD))) return rejects(version, OTHER_FORMAT);
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    return rejects(version, 'it is compressed, which was not asked for');
  }
  if (Number(headers['content-length'] ?? 0) > MAX_ENVELOPE_BYTES) return rejects(version, TOO_LARGE);
  return { kind: 'body', version, ...news(headers) };
}

const OTHER_FORMAT = `its format is not ${POLICY_FORMAT}: validator and control plane must be of versions that fit`;

function judgeNothingNew(headers: IncomingHttpHeaders, { version, rejected }: SentReport): Bodiless {
  if (!speaksOurFormat(field(headers, FORMAT_FIELD))) {
    return problem('format', `the control plane speaks another format than ${POLICY_FORMAT}`);
  }
  const meant = headers.etag === undefined ? undefined : parseEntityTag(headers.etag);
  const closes = closesConnection(headers);
  if (version !== undefined && meant === version) return { kind: 'confirmed', ...news(headers) };
  if (rejected !== undefined && (meant ?? rejected.version) === rejected.version) {
    return { kind: 'unconfirmed', closes };
  }
  if (version !== undefined && headers.etag === undefined) return { kind: 'confirmed', ...news(headers) };
  return problem(
    'unasked 304',
    'the control plane says that nothing is new (status 304) of a policy that is not ours',
  );
}

function news(headers: IncomingHttpHeaders): News {
  return {
    keysChecked: parseKeysChecked(field(headers, KEYS_CHECKED_FIELD)),
    closes: closesConnection(headers),
  };
}

const closesConnection = ({ connection }: IncomingHttpHeaders): boolean =>
  connection?.toLowerCase() === 'close';

/** Node.js joins repeated fields of ours. */
function field(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function problem(topic: string, message: string): AnswerProblem {
  return { kind: 'problem', topic, message };
}

function rejects(version: string, reason: string): Rejected {
  return { kind: 'rejected', rejection: { version, reason } };
}

/** Who asks: what a bearer token says of its pod, and what the API server says of the token. Pure. */

import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { TokenVerdict } from '../../kubernetes/token-review.ts';

/** What tokens for the control plane are made out to. */
export const CONTROL_PLANE_AUDIENCE = 'portcullis';

/** A pod that a token is bound to. Whether it lives is looked at for each question. */
export interface Caller {
  /** namespace/name. */
  readonly pod: string;
  readonly uid: string;
}

export type CallerIdentity = ({ readonly kind: 'pod' } & Caller) | Stranger;

export interface Stranger {
  readonly kind: 'stranger';
  readonly status: 401 | 403;
  readonly problem: string;
}

export const POD_NAME = 'authentication.kubernetes.io/pod-name';
export const POD_UID = 'authentication.kubernetes.io/pod-uid';
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

export const NO_TOKEN: Stranger = {
  kind: 'stranger',
  status: 401,
  problem: `a service-account token for the audience ${CONTROL_PLANE_AUDIENCE} is needed`,
};
export const NOT_BOUND: Stranger = {
  kind: 'stranger',
  status: 403,
  problem: 'the token is not bound to a pod',
};
const NOT_GOOD: Stranger = {
  kind: 'stranger',
  status: 401,
  problem: `the token is not a good one of a service account for the audience ${CONTROL_PLANE_AUDIENCE}`,
};

export function identify(verdict: TokenVerdict): CallerIdentity {
  if (verdict.kind !== 'authenticated' || !verdict.audiences.includes(CONTROL_PLANE_AUDIENCE))
    return NOT_GOOD;
  const { username, extra } = verdict.user;
  const namespace = SERVICE_ACCOUNT.exec(username)?.[1];
  const name = only(extra[POD_NAME]);
  const uid = only(extra[POD_UID]);
  if (namespace === undefined || name === undefined || uid === undefined) return NOT_BOUND;
  return { kind: 'pod', pod: `${namespace}/${name}`, uid };
}

function only(values: readonly string[] | undefined): string | undefined {
  const [value = '', ...others] = values ?? [];
  return value !== '' && others.length === 0 ? value : undefined;
}

/**
 * A bearer token before it is checked. What it says is enough to refuse it without a call to the API server, and never
 * enough to accept it.
 */
export interface Bearer {
  readonly token: string;
  /** SHA-256: what is remembered in the token's place. */
  readonly digest: string;
  /** The pod that it says it is bound to; undefined = none. */
  readonly pod: { readonly id: string; readonly uid: string } | undefined;
  /** Unix seconds; the API server checks it, here it only ends what is remembered. */
  readonly expires: number;
}

/** Those of an API server have some 1,200 characters. */
const MAX_TOKEN_LENGTH = 8192;
const BEARER_FIELD = /^Bearer ([A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+)$/i;

/** Undefined for what is no token of a service account, whatever else it may be. */
export function readBearer(field: string | undefined): Bearer | undefined {
  if (field === undefined || field.length > MAX_TOKEN_LENGTH) return undefined;
  const [, token, payload] = BEARER_FIELD.exec(field) ?? [];
  if (token === undefined || payload === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  if (!isJsonObject(claims) || typeof claims.exp !== 'number') return undefined;
  const digest = createHash('sha256').update(token).digest('base64');
  return { token, digest, pod: podOf(claims['kubernetes.io']), expires: claims.exp };
}

function podOf(bound: JsonValue | undefined): Bearer['pod'] {
  if (!isJsonObject(bound) || !isJsonObject(bound.pod)) return undefined;
  const { namespace, pod } = bound;
  const { name, uid } = pod;
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return undefined;
  return { id: `${namespace}/${name}`, uid };
}

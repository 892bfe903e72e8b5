/** Who asks, by what the API server says of a token: a pod, or nobody that we talk to. Pure. */

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

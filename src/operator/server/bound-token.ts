/**
 * Verifies a service-account token by the API server's published keys instead of by a TokenReview, with the same
 * result. Whether the pod still lives is looked at where every question is. Pure.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { finishSteps } from '../../base/steps.ts';
import { isAlgorithm } from '../../keys/algorithms.ts';
import { importKeySet } from '../../keys/keyset.ts';
import type { AccountIssuer } from '../../kubernetes/account-issuer.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { TokenVerdict, User } from '../../kubernetes/token-review.ts';
import { indexSources, type SourceIndex } from '../../sources/jwt/issuer.ts';
import { prepareSource } from '../../sources/jwt/source.ts';
import { CONTROL_PLANE_AUDIENCE, POD_NAME, POD_UID } from './caller.ts';

/** The API server as the only source whose tokens count. */
export type AccountSource = SourceIndex;

/** Seconds between the clocks of two nodes. The API server itself allows for a minute. */
const CLOCK_SKEW = 30;

/**
 * Fails where there is nothing to verify a token with: then the caller is unknown, and is refused. Where the API server
 * is asked afterwards (`signaturesAlone`), it says whether issuer and algorithm are its own, for it may have others than
 * it publishes; and by its own clock whether the token is timely, so that a wrong clock here refuses no validator.
 */
export function accountSource(
  { issuer, algorithms, keySet }: AccountIssuer,
  signaturesAlone = false,
): Outcome<AccountSource> {
  const { jwks } = importKeySet(keySet);
  const known = algorithms.filter(isAlgorithm);
  if (jwks.length === 0 || known.length === 0) {
    return failed('Unexpected', 'the API server publishes no key, or no algorithm, that can be used here');
  }
  const source = finishSteps(
    prepareSource(
      {
        id: 'kubernetes',
        uid: 'kubernetes',
        revision: '',
        issuers: signaturesAlone ? [] : [issuer],
        keys: { kind: 'public', keys: jwks },
        algorithms: signaturesAlone ? [] : known,
        audiences: [CONTROL_PLANE_AUDIENCE],
        clientIDs: [],
        tokenTypes: [],
        clockSkew: signaturesAlone ? Number.POSITIVE_INFINITY : CLOCK_SKEW,
        expiration: 'Required',
        requiredClaims: [],
        expressions: [],
        roles: [],
        mapping: { user: ['sub'], name: [], roles: [], rolesSeparator: '', scopes: [], client: [] },
      },
      new Map(),
      undefined,
    ),
  );
  return ok(indexSources([source]));
}

const UNKNOWN: TokenVerdict = { kind: 'unknown' };

/** A label, or labels with dots between: nothing that could be taken for a part of `namespace/name`. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Of a token that is verified. A token with other claims than the API server writes belongs to no pod. */
export function boundTo(claims: JsonObject, watched: ReadonlySet<string>): TokenVerdict {
  const bound = claims['kubernetes.io'];
  if (!isJsonObject(bound) || bound.secret !== undefined) return UNKNOWN;
  const { namespace } = bound;
  const account = readReference(bound.serviceaccount);
  if (!isName(namespace) || !watched.has(namespace) || account === undefined) return UNKNOWN;
  const username = `system:serviceaccount:${namespace}:${account.name}`;
  if (claims.sub !== username) return UNKNOWN;
  const pod = bound.pod === undefined ? 'none' : readReference(bound.pod);
  if (pod === undefined) return UNKNOWN;
  const extra: User['extra'] = pod === 'none' ? {} : { [POD_NAME]: [pod.name], [POD_UID]: [pod.uid] };
  const user: User = { username, uid: account.uid, groups: [], extra };
  return { kind: 'authenticated', user, audiences: [CONTROL_PLANE_AUDIENCE] };
}

interface Reference {
  readonly name: string;
  readonly uid: string;
}

function readReference(value: JsonValue | undefined): Reference | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, uid } = value;
  return isName(name) && typeof uid === 'string' && uid !== '' ? { name, uid } : undefined;
}

function isName(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** What the API server knows about others: whose token this is, and who may do what. */

import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import type { CallOptions, KubernetesClient } from './client.ts';
import { failed, type Outcome, ok } from './errors.ts';
import type { Resource } from './resource.ts';

const TOKEN_REVIEWS: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  sensitive: true,
};

const ACCESS_REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

export interface User {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  /** Such as `authentication.kubernetes.io/pod-uid`, for a token bound to a pod. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export type TokenVerdict =
  | { readonly kind: 'authenticated'; readonly user: User; readonly audiences: readonly string[] }
  | { readonly kind: 'unknown' };

type Reviewer = Pick<KubernetesClient, 'review'>;

/**
 * Whose token it is. Only one for one of these audiences counts: an API server without an authenticator that knows
 * audiences says yes to a token for itself.
 */
export async function reviewToken(
  client: Reviewer,
  token: string,
  audiences: readonly [string, ...string[]],
  options?: CallOptions,
): Promise<Outcome<TokenVerdict>> {
  const answer = await client.review(TOKEN_REVIEWS, { token, audiences }, options);
  if (answer.kind === 'failed') return answer;
  const { status } = answer.value;
  if (!isJsonObject(status)) return unreadable('TokenReview');
  const { authenticated, user, audiences: meant } = status;
  if (authenticated !== true) return ok({ kind: 'unknown' });
  const common = strings(meant).filter((audience) => audiences.includes(audience));
  if (common.length === 0 || !isJsonObject(user) || typeof user.username !== 'string') {
    return ok({ kind: 'unknown' });
  }
  return ok({ kind: 'authenticated', user: readUser(user.username, user), audiences: common });
}

export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Whether this user may. An error of the authorizer is a no. */
export async function reviewAccess(
  client: Reviewer,
  user: User,
  access: Access,
  options?: CallOptions,
): Promise<Outcome<boolean>> {
  const { username, uid, groups, extra } = user;
  const spec = { user: username, uid, groups, extra, resourceAttributes: { ...access } };
  const answer = await client.review(ACCESS_REVIEWS, spec, options);
  if (answer.kind === 'failed') return answer;
  const { status } = answer.value;
  if (!isJsonObject(status)) return unreadable('SubjectAccessReview');
  return ok(status.allowed === true && status.denied !== true);
}

function readUser(username: string, { uid, groups, extra }: JsonObject): User {
  const members = isJsonObject(extra) ? Object.entries(extra) : [];
  return {
    username,
    uid: typeof uid === 'string' ? uid : '',
    groups: strings(groups),
    extra: Object.fromEntries(members.map(([name, values]) => [name, strings(values)])),
  };
}

function strings(value: JsonValue | undefined): readonly string[] {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return list.filter((element) => typeof element === 'string');
}

function unreadable(kind: string) {
  return failed('Unexpected', `create ${kind}: the answer has no status; is this an API server?`);
}

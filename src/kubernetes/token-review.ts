/** Asks the API server whose token it is: one TokenReview. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { CallOptions, KubernetesClient } from './client.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';

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
  const answer = await client.review(KUBERNETES_RESOURCES.TokenReview, { token, audiences }, options);
  if (answer.kind === 'failed') return answer;
  const { status } = answer.value;
  if (!isJsonObject(status)) {
    return failed('Unexpected', 'create TokenReview: the answer has no status; is this an API server?');
  }
  const { authenticated, user, audiences: meant } = status;
  if (authenticated !== true) return ok({ kind: 'unknown' });
  const common = strings(meant).filter((audience) => audiences.includes(audience));
  if (common.length === 0 || !isJsonObject(user) || typeof user.username !== 'string') {
    return ok({ kind: 'unknown' });
  }
  return ok({ kind: 'authenticated', user: readUser(user.username, user), audiences: common });
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

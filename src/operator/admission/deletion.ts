/** Whether an AuthenticationSource may be deleted: not while a permitted binding uses it. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { AuthenticationSource } from '../../resources/types.gen.ts';
import { few } from '../../status/texts.ts';
import { type AdmissionDecision, ALLOWED, type RefusedObject, refuse } from './decision.ts';
import { usersOf } from './users.ts';
import type { View } from './view.ts';

export const FORCE_DELETE = 'portcullis.dev/force-delete';

/** The users that empty a namespace that is being deleted: they may act before our cache has that deletion. */
export const NAMESPACE_CONTROLLER = 'system:serviceaccount:kube-system:namespace-controller';

interface Deletion {
  /** As it stands in the API server. */
  readonly written: JsonObject;
  /** Undefined when it breaks the schema: no binding is permitted to use such a source. */
  readonly source: AuthenticationSource | undefined;
  readonly namespace: string;
  readonly user: string;
  readonly about: RefusedObject;
}

export async function judgeDeletion(deletion: Deletion, view: View): Promise<AdmissionDecision> {
  const { written, source, namespace, user, about } = deletion;
  if (isGivenUp(written) || source === undefined || user === NAMESPACE_CONTROLLER) return ALLOWED;
  if (!view.isSynced()) {
    if ((await view.live.isTerminating(namespace)) === true) return ALLOWED;
    return refuse('ServiceUnavailable', stillStarting(about, namespace), about);
  }
  if (view.store.get('Namespace', namespace)?.terminating === true) return ALLOWED;
  const cached = usersOf(source, view);
  if (cached.length === 0) return ALLOWED;
  const [users, terminating] = await Promise.all([
    withoutDeleted(cached, view),
    view.live.isTerminating(namespace),
  ]);
  if (users.length === 0 || terminating === true) return ALLOWED;
  return refuse('Forbidden', inUse(about, namespace, users), about);
}

/** Forced, or being deleted already: then nothing is left to be saved. */
function isGivenUp({ metadata }: JsonObject): boolean {
  if (!isJsonObject(metadata)) return false;
  const { annotations, deletionTimestamp } = metadata;
  return (
    typeof deletionTimestamp === 'string' ||
    (isJsonObject(annotations) && annotations[FORCE_DELETE] === 'true')
  );
}

/** A deletion waits for at most so many answers, in so many rounds. */
const ROUNDS = [10, 40];

/**
 * `helm uninstall` and `kubectl delete -f` delete bindings a moment before their source. So no deletion is refused for a
 * binding that only the cache still has: the API server is asked, until one is found that is there.
 */
async function withoutDeleted(cached: readonly string[], { live }: View): Promise<readonly string[]> {
  let rest = cached;
  for (const size of ROUNDS) {
    const asked = rest.slice(0, size);
    const answers = await Promise.all(asked.map((id) => live.hasBinding(id)));
    // Where the API server does not answer, the cache counts.
    const there = asked.filter((_, i) => answers[i] !== false);
    rest = rest.slice(size);
    if (there.length > 0 || rest.length === 0) return [...there, ...rest];
  }
  return rest;
}

function inUse({ kind, name }: RefusedObject, namespace: string, users: readonly string[]): string {
  const first =
    users.length === 1
      ? 'remove it from the spec.sources of that one'
      : 'remove it from the spec.sources of each';
  return (
    `${kind} ${namespace}/${name} is used by ${few(users, 'ApiBinding', 'ApiBindings')}, which would refuse its tokens; ` +
    `${first}, or delete without regard to them after ${force(name, namespace)}`
  );
}

function stillStarting({ kind, name }: RefusedObject, namespace: string): string {
  return (
    `the control plane has just started and does not know yet whether an ApiBinding uses ${kind} ${namespace}/${name}; ` +
    `try again in some seconds, or delete without regard to them after ${force(name, namespace)}`
  );
}

const force = (name: string, namespace: string): string =>
  `\`kubectl annotate authsource ${name} -n ${namespace} ${FORCE_DELETE}=true\``;

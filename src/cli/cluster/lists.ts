/** Lists of a cluster, page by page and bounded, each failure a sentence beside the others' results. */

import { mapAtOnce } from '../../base/at-once.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { failed, type Outcome } from '../../kubernetes/errors.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { unreadText } from './unread.ts';

/** Objects a page, as kubectl has it. */
const PAGE = 500;
/** Objects of one kind: where there are more, the command asks for less of the cluster. */
const MOST = 100_000;
/** Calls at a time. */
const AT_ONCE = 8;

export interface Wanted<T> {
  readonly resource: Resource;
  /** Undefined = all. */
  readonly namespace: string | undefined;
  readonly labelSelector?: string;
  readonly keep: (object: KubernetesObject) => T | undefined;
}

export interface Lists<T> {
  readonly found: readonly T[];
  readonly unread: readonly string[];
}

export async function readLists<T>(
  client: Pick<KubernetesClient, 'list'>,
  wanted: readonly Wanted<T>[],
  say: (text: string) => void,
): Promise<Lists<T>> {
  const lists = await mapAtOnce(wanted, AT_ONCE, async (one): Promise<Lists<T>> => {
    const { resource, namespace } = one;
    say(`reading ${resource.plural}`);
    const outcome = await listBounded(client, one);
    if (outcome.kind === 'ok') return { found: outcome.value, unread: [] };
    const place = resource.namespaced ? namespace : '';
    return { found: [], unread: [unreadText(`list ${resource.plural}`, place, outcome.error)] };
  });
  return {
    found: lists.flatMap(({ found }) => found),
    unread: lists.flatMap(({ unread }) => unread),
  };
}

/** All of them, or why not. */
export async function listBounded<T>(
  client: Pick<KubernetesClient, 'list'>,
  { resource, namespace, labelSelector, keep }: Wanted<T>,
): Promise<Outcome<readonly T[]>> {
  let seen = 0;
  const whole = await listAll(
    async (page) => {
      if (seen > MOST) {
        const message = `there are more than ${MOST}; look at a single namespace (-n)`;
        return failed('TooManyRequests', message);
      }
      const answer = await client.list(resource, {
        ...page,
        ...(namespace !== undefined && { namespace }),
        ...(labelSelector !== undefined && { labelSelector }),
      });
      if (answer.kind === 'ok') seen += answer.value.items.length;
      return answer;
    },
    PAGE,
    keep,
  );
  return whole.kind === 'ok' ? { kind: 'ok', value: whole.value.items } : whole;
}

/** Follows the keys in the paths of the webhooks in their Secret; the replica that comes first makes them. */

import { type Clock, sleep } from '../../base/clock.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Cached } from '../../kubernetes/object.ts';
import { startReflector } from '../../kubernetes/reflector.ts';
import { RESOURCES } from '../resources.ts';
import { readSecretData } from './authority.ts';
import type { Issuing } from './issue.ts';
import { WEBHOOK_SECRET } from './names.ts';
import { acceptsKey, type PathKeys, readPathKeys } from './path-keys.ts';
import { reconcilePathKeys } from './reconcile.ts';
import type { Writing } from './secrets.ts';

export interface PathKeyFollower {
  /** Once there are keys; never, where it is stopped before. */
  ready(): Promise<void>;
  accepts(key: string): boolean;
  stop(): Promise<void>;
}

export interface PathKeyOptions {
  readonly client: Writing['client'] & Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly issuing: Issuing;
  /** The control plane's own. */
  readonly namespace: string;
  readonly onProblem: (error: KubernetesError) => void;
}

/** Milliseconds after which a failure is tried again. */
const RETRY = 5000;

interface Kept extends Cached {
  readonly keys: PathKeys | undefined;
}

export function followPathKeys(options: PathKeyOptions): PathKeyFollower {
  const { client, clock, random, issuing, namespace, onProblem } = options;
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const stopped = new AbortController();
  let keys: PathKeys | undefined;

  const reflector = startReflector<Kept>({
    client,
    clock,
    random,
    onProblem,
    resource: RESOURCES.Secret,
    selection: { namespace, fieldSelector: `metadata.name=${WEBHOOK_SECRET}` },
    trim: ({ metadata: { name, uid, resourceVersion }, data }) => ({
      metadata: { name, namespace, uid, resourceVersion },
      keys: readPathKeys(readSecretData(data)),
    }),
    onChange(change) {
      // The last good ones stay in use until the leader has made others.
      if (change.kind === 'deleted' || change.object.keys === undefined) return;
      keys = change.object.keys;
      resolve();
    },
  });

  /**
   * A replica that does not lead makes them, too: in a rolling update from a version without keys the leader is of
   * that version, and goes only when this replica is ready. The first write wins.
   */
  const make = async (): Promise<void> => {
    const mayWrite = (): boolean => !stopped.signal.aborted;
    while (keys === undefined && mayWrite()) {
      const made = await reconcilePathKeys({ client, mayWrite, issuing, namespace }, undefined);
      if (made.kind === 'ok') return;
      onProblem(made.error);
      await sleep(clock, RETRY, stopped.signal);
    }
  };
  const making = make();

  return {
    ready: () => ready,
    accepts: (key) => keys !== undefined && acceptsKey(keys, key),
    async stop() {
      stopped.abort();
      await Promise.all([reflector.stop(), making]);
    },
  };
}

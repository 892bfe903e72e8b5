/** The validators of a cluster, as a user asks them: with the rights of the kubeconfig, each at its admin address. */

import { systemClock } from '../../base/clock.ts';
import type { ObjectId } from '../../base/object-id.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { createPortForwarder } from '../../kubernetes/port-forward.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';
import { adminOf } from '../cluster/admin.ts';
import type { ClusterArguments } from '../cluster/options.ts';
import { createProgress, type ProgressLine } from '../cluster/progress.ts';
import { type ClusterSession, openSession } from '../cluster/session.ts';
import type { CommandSurroundings } from '../command.ts';
import { type FoundValidators, findValidators } from './find-validators.ts';

export interface Fleet {
  /** Undefined = all. */
  readonly namespace: string | undefined;
  /** namespace/name, of the binding that was named; it is there. */
  readonly binding: string | undefined;
  readonly progress: ProgressLine;
  /** Looks again. */
  find(): Promise<FoundValidators>;
  readonly found: FoundValidators;
  ask(pod: ObjectId): PodHttp;
  close(): Promise<void>;
}

type Which = Pick<ClusterArguments<never, never>, 'user' | 'namespace' | 'isAll'>;

/** @param named a binding, with or without its namespace. Throws a StartError where it is not there. */
export async function openFleet(
  command: string,
  which: Which,
  named: string | undefined,
  { environment, err, isTerminal }: CommandSurroundings,
): Promise<Fleet> {
  const place = placeOf(command, which, named);
  const session = await openSession({ ...which, ...place }, environment);
  const progress = createProgress(err, isTerminal.err, systemClock);
  const forwarder = createPortForwarder(session.connection, session.client);
  const find = () => findValidators(session.client, session.namespace, progress.say);
  const close = async (): Promise<void> => {
    progress.end();
    forwarder.close();
    await session.close();
  };
  try {
    const found = await find();
    return {
      namespace: session.namespace,
      binding: bindingOf(session, named, found),
      progress,
      find,
      found,
      ask: (pod) => adminOf(forwarder, pod, systemClock),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where a binding names its namespace, that is the one to look at. */
function placeOf(
  command: string,
  { namespace, isAll }: Which,
  named: string | undefined,
): Partial<Pick<Which, 'namespace'>> {
  const [place, name] = named?.split('/') ?? [];
  if (named === undefined || name === undefined) {
    if (named !== undefined && isAll)
      throw usage(command, '-A and a binding are given together: name its namespace.');
    return {};
  }
  if (place === '' || name === '' || named.split('/').length > 2) {
    throw usage(command, `a binding is NAME, or NAMESPACE/NAME, not ${JSON.stringify(named)}.`);
  }
  if (isAll || (namespace !== undefined && namespace !== place)) {
    throw usage(command, `the binding's namespace is ${place}: leave -n and -A out.`);
  }
  return { namespace: place };
}

function bindingOf(
  { namespace = '' }: Pick<ClusterSession, 'namespace'>,
  named: string | undefined,
  { bindings, unread }: FoundValidators,
): string | undefined {
  if (named === undefined) return undefined;
  const id = named.includes('/') ? named : `${namespace}/${named}`;
  if (!bindings.has(id) && unread.length === 0) throw new StartError(`there is no ApiBinding ${id}.`);
  return id;
}

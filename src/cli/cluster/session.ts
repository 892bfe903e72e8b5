/** A user's way to a cluster, with the rights of the kubeconfig. */

import { systemClock } from '../../base/clock.ts';
import { createClient, type KubernetesClient } from '../../kubernetes/client.ts';
import { loadUserConnection } from '../../kubernetes/config.ts';
import type { ApiServerConnection } from '../../kubernetes/connection.ts';
import { createTransport } from '../../kubernetes/transport.ts';
import { StartError } from '../../process/start-error.ts';
import { VERSION } from '../../telemetry/version.ts';
import type { ClusterArguments } from './options.ts';

export interface ClusterSession {
  readonly client: KubernetesClient;
  readonly connection: ApiServerConnection;
  /** Undefined = all. */
  readonly namespace: string | undefined;
  close(): Promise<void>;
}

/** What the transport calls it. */
const UNREADABLE = 'CREDENTIALS_UNREADABLE';

/** Throws a StartError, where there is nobody who answers as well: that is said once, not for each thing to be read. */
export async function openSession(
  { user, namespace, isAll }: Pick<ClusterArguments<never, never>, 'user' | 'namespace' | 'isAll'>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ClusterSession> {
  const loaded = await loadUserConnection(user, environment, systemClock);
  if (loaded.kind === 'refused') throw new StartError(loaded.message);
  const { connection } = loaded;
  const transport = createTransport(connection);
  const client = createClient({
    transport,
    clock: systemClock,
    fieldManager: 'portcullis-cli',
    userAgent: `portcullis-cli/${VERSION}`,
  });
  const problem = await whyNobodyAnswers(client);
  if (problem !== undefined) {
    await transport.close();
    throw new StartError(problem);
  }
  return {
    client,
    connection,
    namespace: isAll ? undefined : (namespace ?? connection.namespace ?? 'default'),
    close: () => transport.close(),
  };
}

/** Milliseconds. */
const FIRST_ANSWER = 10_000;

/** Whoever may be anything to the API server may read its version. */
async function whyNobodyAnswers(client: Pick<KubernetesClient, 'read'>): Promise<string | undefined> {
  const answer = await client.read('/version', { timeoutMilliseconds: FIRST_ANSWER });
  if (answer.kind === 'ok') return undefined;
  const { kind, message } = answer.error;
  if (kind === 'Unauthorized') {
    return 'the API server does not know who asks: log in again, or correct the user of the kubeconfig.';
  }
  if (message.includes(UNREADABLE)) {
    return "the kubeconfig's credentials cannot be had: a file of them cannot be read, or its credential plugin fails; see what kubectl says.";
  }
  const isAway = kind === 'Unreachable' || kind === 'Timeout' || kind === 'Unexpected';
  return isAway ? `${message}: see to the kubeconfig's cluster, or the way there.` : undefined;
}

/** Clients of our own for a real kube-apiserver, through its kubeconfig or one that leads through a proxy. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { createClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { connectionOfKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';

export interface Connected {
  readonly client: KubernetesClient;
  close(): Promise<void>;
}

export function connectTo(kubeconfig: string, fieldManager = 'portcullis'): Connected {
  const loaded = connectionOfKubeconfig([kubeconfig], systemClock);
  if (loaded.kind === 'refused') throw new Error(loaded.message);
  const transport = createTransport(loaded.connection);
  const client = createClient({ transport, clock: systemClock, fieldManager, userAgent: 'portcullis/test' });
  return { client, close: () => transport.close() };
}

/** A copy of the kubeconfig, beside it, for another address of the same server. */
export async function kubeconfigFor(kubeconfig: string, from: string, to: string): Promise<string> {
  const copy = path.join(path.dirname(kubeconfig), `kubeconfig-${new URL(to).port}`);
  await writeFile(copy, (await readFile(kubeconfig, 'utf8')).replaceAll(from, to), { mode: 0o600 });
  return copy;
}

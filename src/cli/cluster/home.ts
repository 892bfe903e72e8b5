/** The namespaces of control planes, found by objects of the whole cluster, which the owner of one namespace cannot make. */

import type { JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { KUBERNETES_RESOURCES } from '../../kubernetes/resources.ts';
import { listBounded } from './lists.ts';
import { unreadText } from './unread.ts';

/** Where the chart is installed, unless somebody says another. */
export const USUAL_HOME = 'portcullis-system';

export interface Homes {
  readonly names: ReadonlySet<string>;
  /** A sentence where they could not be read, and the usual one stands in their place. */
  readonly unread: readonly string[];
}

/** Those whose Services the chart's webhooks name; the usual one where there are none. */
export async function findHomes(client: Pick<KubernetesClient, 'list'>): Promise<Homes> {
  const listed = await listBounded(client, {
    resource: KUBERNETES_RESOURCES.MutatingWebhookConfiguration,
    namespace: undefined,
    labelSelector: 'app.kubernetes.io/name=portcullis',
    keep: ({ webhooks }) => objectsAt(webhooks).map(serviceNamespace),
  });
  if (listed.kind === 'failed') {
    const text = unreadText('list mutatingwebhookconfigurations', '', listed.error);
    return {
      names: new Set([USUAL_HOME]),
      unread: [
        `${text}; validators of gateways count where they stand beside the Gateway, or in ${USUAL_HOME}`,
      ],
    };
  }
  const found = listed.value.flat().filter((name) => name !== '');
  return { names: new Set(found.length === 0 ? [USUAL_HOME] : found), unread: [] };
}

function serviceNamespace({ clientConfig }: JsonObject): string {
  const { service } = objectAt(clientConfig);
  const { namespace } = objectAt(service);
  return typeof namespace === 'string' ? namespace : '';
}

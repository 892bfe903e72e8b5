/** The operator's account with what the chart gives it, so that every test of the process runs with no more than users do. */

import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import { HOME, render } from '../chart/render.ts';

export { HOME };

/** Of the service account, in the control plane's own namespace. */
export const ACCOUNT = 'portcullis-operator';

const KINDS = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

export interface Rights {
  /** Whose Secrets may be read. */
  readonly secretsIn: readonly string[];
  /** Namespaced mode: Roles alone. */
  readonly watched?: readonly string[];
  /** Workloads may be restarted. */
  readonly rollouts?: boolean;
}

/** The account and what it may do. Namespaces must be there. */
export async function accountWith({
  secretsIn,
  watched = [],
  rollouts = false,
}: Rights): Promise<readonly JsonObject[]> {
  const { objects } = await render({
    secretAccess: { namespaces: secretsIn },
    watchNamespaces: watched,
    rollout: { enabled: rollouts },
  });
  return objects.filter(({ kind, metadata }) => {
    const isAccount = kind === 'ServiceAccount' && isJsonObject(metadata) && metadata.name === ACCOUNT;
    return isAccount || (typeof kind === 'string' && KINDS.includes(kind));
  });
}

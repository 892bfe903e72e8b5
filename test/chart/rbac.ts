/** What a service account may do: as the chart says it, as the API server says it, and as it was used. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import type { Installed } from './installed.ts';
import { HOME, idOf } from './render.ts';

const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

/** Each verb by itself: `list apps/deployments`, `get secrets portcullis-ca`. */
export function permissionsOf(rules: JsonValue | undefined): readonly string[] {
  return list(rules)
    .filter(isJsonObject)
    .flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      list(apiGroups).flatMap((group) =>
        list(resources).flatMap((resource) =>
          (resourceNames === undefined ? [''] : list(resourceNames)).flatMap((name) =>
            list(verbs).map((verb) =>
              `${verb} ${group === '' ? '' : `${group}/`}${resource} ${name}`.trimEnd(),
            ),
          ),
        ),
      ),
    )
    .toSorted();
}

/** Of every Role and ClusterRole of the operator: where it is valid (`*` = everywhere), and what it permits. */
export function operatorRules(objects: readonly JsonObject[]): ReadonlyMap<string, readonly string[]> {
  const roles = objects.filter(({ kind, metadata }) => {
    const name = isJsonObject(metadata) ? String(metadata.name) : '';
    return kind === 'Role' || (kind === 'ClusterRole' && name.endsWith('-operator'));
  });
  return new Map(roles.map((role) => [idOf(role), permissionsOf(role.rules)]));
}

export const unique = (all: readonly string[]): readonly string[] => [...new Set(all)].toSorted();

/** What the operator may do in the namespace by the API server's own word, less what every account may. */
export async function rightsIn({ kubectl }: Installed, namespace: string): Promise<readonly string[]> {
  const review = async (account: string): Promise<readonly string[]> => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace },
    };
    const as = `--as=system:serviceaccount:${HOME}:${account}`;
    const args = ['create', '--validate=false', '-f', '-', '-o', 'json', as];
    return permissionsOf(JSON.parse(await kubectl(args, JSON.stringify(body))).status.resourceRules);
  };
  const anybody = new Set(await review('nobody'));
  return unique((await review('portcullis-operator')).filter((right) => !anybody.has(right)));
}

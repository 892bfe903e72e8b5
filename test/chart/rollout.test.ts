/** `rollout.enabled`: the right to restart workloads, and with it nothing else. */

import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { operatorRules } from './rbac.ts';
import { render } from './render.ts';

const rights = async (values: JsonObject) => operatorRules((await render(values)).objects);
const ADDED = ['deployments', 'statefulsets', 'daemonsets'].flatMap((kind) => [
  `get apps/${kind}`,
  `patch apps/${kind}`,
]);

it.each<[string, JsonObject, readonly string[]]>([
  ['the whole cluster', {}, ['ClusterRole portcullis-operator']],
  ['some namespaces', { watchNamespaces: ['shop', 'web'] }, ['Role shop/', 'Role web/']],
])('gives the operator of %s get and patch of workloads', async (_, values, places) => {
  const without = await rights(values);
  const withIt = await rights({ ...values, rollout: { enabled: true } });
  expect([...withIt.keys()]).toEqual([...without.keys()]);
  const changed: string[] = [];
  for (const [id, permitted] of withIt) {
    const before = new Set(without.get(id));
    const added = permitted.filter((right) => !before.has(right));
    expect(permitted.length).toBe(before.size + added.length);
    if (added.length === 0) continue;
    expect(added.toSorted()).toEqual(ADDED.toSorted());
    changed.push(id);
  }
  expect(changed).toHaveLength(places.length);
  for (const place of places) expect(changed.some((id) => id.startsWith(place))).toBe(true);
});

/** `portcullis inject --platform`: as which users sidecars run. */

import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { injectCommand } from './inject.ts';
import { fileWith, runCommand } from './testing/run.ts';

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders', namespace: 'shop', labels: { 'portcullis.dev/inject': 'true' } },
  spec: { containers: [{ name: 'web', image: 'shop/web', ports: [{ name: 'http', containerPort: 8080 }] }] },
};

/** Of every container of ours, in order. */
async function usersOf(annotations: object, ...options: readonly string[]): Promise<readonly number[]> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', annotations: { 'portcullis.dev/capture': 'NamedPort', ...annotations } },
  };
  const file = fileWith(`${stringify(namespace)}---\n${stringify(POD)}`);
  const { out } = await runCommand(injectCommand, ['-f', file, ...options]);
  return [...out.matchAll(/runAs(?:User|Group): (\d+)/g)].map(([, user]) => Number(user));
}

const RANGE = { 'openshift.io/sa.scc.uid-range': '5000/1000' };

it('has users of its own', async () => {
  const own = [64_903, 64_903, 64_906, 64_906];
  expect(await usersOf(RANGE)).toEqual(own);
  expect(await usersOf(RANGE, '--platform', 'Kubernetes')).toEqual(own);
});

it('leaves them to OpenShift, or takes them from the range of the Namespace', async () => {
  expect(await usersOf({}, '--platform', 'OpenShift')).toEqual([]);
  expect(await usersOf(RANGE, '--platform', 'OpenShift')).toEqual([5999, 5999, 5998, 5998]);
});

it('knows two platforms', async () => {
  await expect(usersOf({}, '--platform', 'openshift')).rejects.toThrow(
    '--platform is Kubernetes, OpenShift, not "openshift"',
  );
});

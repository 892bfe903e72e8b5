/** `portcullis check` against a real API server that has CRDs and nothing else, by users of different rights. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CliWorld, cliWorld } from './cli-world.ts';

let world: CliWorld;

beforeAll(async () => {
  world = await cliWorld();
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } };
  await world.apply(node);
  const nodeInfo = { kernelVersion: '6.12.1', operatingSystem: 'linux' };
  const patch = JSON.stringify({ status: { nodeInfo } });
  await world.kubectl(['patch', 'node', 'node', '--subresource=status', '--type=merge', '-p', patch]);
});
afterAll(() => world?.close());

it('finds a cluster ready for the install, by who may', async () => {
  const { code, stdout, stderr } = await world.admin('check', '--pre');
  expect(stdout).toMatch(/^✓ Kubernetes {7}v1\.\d+/);
  expect(stdout).toContain('✓ Nodes            1 Linux node\n');
  expect(stdout).toContain('✓ Your rights      you may create what the chart brings\n');
  expect(stdout).toContain('✓ Operator         none in namespace portcullis-system so far\n');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('says what is missing for the install, and what may not be seen', async () => {
  const { code, stdout } = await world.viewer('check', '--pre');
  expect(stdout).toContain('? Nodes            cannot list nodes: forbidden;');
  expect(stdout).toMatch(/✗ Your rights {6}you may not create clusterrolebindings, clusterroles,/);
  expect(code).toBe(1);
});

it('says what an installation lacks', async () => {
  const { code, stdout } = await world.admin('check');
  expect(stdout).toContain('✓ CRDs             are there\n');
  expect(stdout).toContain(
    '✗ Operator         there is no Deployment portcullis-system/portcullis-operator\n',
  );
  expect(stdout).toContain('✗ Webhooks         there is no ValidatingWebhookConfiguration portcullis');
  expect(stdout).toContain('✗ Policy Service   leads nowhere');
  expect(code).toBe(1);
});

it('reaches no webhook whose Service has no pods, as the API server says it', async () => {
  const clientConfig = { service: { namespace: 'shop', name: 'portcullis-webhook', port: 443 } };
  await world.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'shop', name: 'portcullis-webhook' },
      spec: { selector: { a: 'b' }, ports: [{ port: 443 }] },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'portcullis' },
      webhooks: [
        {
          name: 'validate.portcullis.dev',
          clientConfig,
          failurePolicy: 'Ignore',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          rules: [
            {
              apiGroups: ['nowhere.example'],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['things'],
            },
          ],
        },
      ],
    },
  );
  const { stdout } = await world.admin('check', '-n', 'shop');
  expect(stdout).toMatch(
    /✗ Webhooks {9}the API server does not reach Service shop\/portcullis-webhook: .*503/,
  );
  expect((await world.admin('check', '-n', 'other')).stdout).toMatch(
    /✗ Webhooks {9}the API server does not reach Service other\/portcullis-webhook: .*not found/,
  );
  // Without the right to it nothing is said of it.
  expect((await world.viewer('check', '-n', 'shop')).stdout).toContain(
    '? Webhooks         cannot get the validatingwebhookconfiguration portcullis: forbidden;',
  );
});

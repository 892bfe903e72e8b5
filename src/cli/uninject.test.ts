import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import type { JsonObject } from '../base/json.ts';
import { arbitraryPod } from '../injection/testing/arbitrary-pods.ts';
import { PROBE_TARGETS } from '../sidecar/settings.ts';
import { injectCommand } from './inject.ts';
import { runCommand } from './testing/run.ts';
import { uninjectCommand } from './uninject.ts';

const run = (stdin: string) => runCommand(uninjectCommand, ['-f', '-'], { stdin });
const objectsIn = (text: string) => parseAllDocuments(text).map((one) => one.toJS() as unknown);

const BINDING = `apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: orders, namespace: shop}
spec:
  podSelector: {matchLabels: {app: orders}}
  sources: [okta]
  rules: [{paths: [/], allow: Anonymous}]
---
`;

const DEPLOYMENT = `# Comments stay.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
  namespace: shop
spec:
  selector:
    matchLabels:
      app: orders
  template:
    metadata:
      labels:
        app: orders
        portcullis.dev/inject: "true"
    spec:
      resources:
        limits:
          cpu: 500m
      containers:
        - name: web # the app
          image: shop/web
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: 8080
`;

describe('manifests with sidecars', () => {
  it('are again as they were', async () => {
    const { out: injected, err } = await runCommand(injectCommand, ['-f', '-'], { stdin: DEPLOYMENT });
    expect(err).toBe('sidecars in 1 of 1 workload\n');
    expect(injected).toContain('portcullis-validator');
    const { code, out, err: said } = await run(injected);
    expect([code, said]).toEqual([0, 'sidecars taken out of 1 workload\n']);
    expect(objectsIn(out)).toEqual(objectsIn(DEPLOYMENT));
  });

  it('are as they were, whatever their pods are', async () => {
    const pods = fc.sample(arbitraryPod, { seed: 1, numRuns: 60 });
    let restored = 0;
    for (const [index, pod] of pods.entries()) {
      const { metadata, spec } = pod;
      const template = { metadata: metadata ?? {}, spec: spec ?? {} };
      const workload: JsonObject = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `d${index}`, namespace: 'shop' },
        spec: { template },
      };
      const text = stringify(workload);
      const { code, out } = await runCommand(injectCommand, ['-f', '-', '--image-pull-secret', 'own'], {
        stdin: text,
      });
      if (code !== 0 || !out.includes('portcullis.dev/injected')) continue;
      restored += 1;
      const { out: once } = await run(out);
      expect(objectsIn(once)).toEqual(objectsIn(text));
    }
    expect(restored).toBeGreaterThan(10);
  });

  it('are read from Lists, too', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: objectsIn(DEPLOYMENT) };
    const { out } = await runCommand(injectCommand, ['-f', '-'], { stdin: stringify(list) });
    expect(objectsIn((await run(out)).out)).toEqual([list]);
  });
});

describe('a document in block style', () => {
  const roundTrip = async (text: string) => {
    const { out, code, err } = await runCommand(injectCommand, ['-f', '-', '--image-pull-secret', 'x'], {
      stdin: text,
    });
    expect(err).toMatch(/^sidecars in 1 of 1 workload/);
    expect([code, out.includes('portcullis-validator')]).toEqual([0, true]);
    return (await run(out)).out;
  };

  it.each<[string, string]>([
    ['with comments', DEPLOYMENT],
    ['with a probe by name', DEPLOYMENT.replace('port: 8080\n', 'port: http # by name\n')],
    ['with quotes', DEPLOYMENT.replace('path: /ready', "path: '/ready'")],
    ['with double quotes', DEPLOYMENT.replace('path: /ready', 'path: "/ready"')],
    ['with odd paths', DEPLOYMENT.replace('path: /ready', 'path: /a?b=c&d=%2F')],
    ['with empty lists', DEPLOYMENT.replace('      containers:', '      volumes: []\n      containers:')],
    ['with null', DEPLOYMENT.replace('      labels:\n', '      creationTimestamp: null\n      labels:\n')],
    ['without a last line end', DEPLOYMENT.trimEnd()],
    ['with Windows line ends', DEPLOYMENT.replaceAll('\n', '\r\n')],
    [
      'with another handler',
      DEPLOYMENT.replace('httpGet:\n              path: /ready', 'tcpSocket:').replace(
        'readinessProbe:\n',
        'readinessProbe:\n            periodSeconds: 7 # often\n',
      ),
    ],
    [
      'with its own volumes and init containers',
      DEPLOYMENT.replace(
        '      containers:',
        `      # before all
      initContainers:
      # first
      - name: first
        image: x
      volumes:
        - name: data # here
          emptyDir: {}
        # no more
      containers:`,
      ),
    ],
    [
      'of a Job without labels',
      `# Source: hooks
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: shop}
spec:
  template:
    metadata:
      creationTimestamp: null
      annotations:
        a: b
      labels: # one
        portcullis.dev/inject: "true"
    spec:
      restartPolicy: Never
      containers:
      - image: x
        name: web
        ports:
        - containerPort: 80
# the end
`,
    ],
  ])('is as it was: %s', async (_, text) => {
    expect(await roundTrip(text)).toBe(text);
  });
});

describe('a selector that inject has written out', () => {
  const workload = (selector: JsonObject | undefined, annotations: JsonObject | undefined): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'orders', namespace: 'shop', ...(annotations && { annotations }) },
    spec: {
      ...(selector && { selector }),
      template: {
        metadata: { labels: { app: 'orders', 'portcullis.dev/inject': 'true' } },
        spec: { containers: [{ name: 'web', image: 'x', ports: [{ containerPort: 80 }] }] },
      },
    },
  });

  it.each([
    [undefined, undefined],
    [{}, {}],
    [{}, { a: 'b' }],
    [undefined, {}],
    [{ app: 'orders' }, undefined],
  ])('is as it was: %j, beside annotations %j', async (selector, annotations) => {
    const value = workload(selector, annotations);
    const { out } = await runCommand(injectCommand, ['-f', '-'], { stdin: stringify(value) });
    expect(objectsIn(out)).toMatchObject([{ spec: { selector: { app: 'orders' } } }]);
    expect(objectsIn((await run(out)).out)).toEqual([value]);
    const { out: list } = await runCommand(injectCommand, ['-f', '-'], {
      stdin: stringify({ apiVersion: 'v1', kind: 'List', items: [value] }),
    });
    expect(objectsIn((await run(list)).out)).toEqual([{ apiVersion: 'v1', kind: 'List', items: [value] }]);
  });

  it('stays where somebody has changed it since', async () => {
    const { out } = await runCommand(injectCommand, ['-f', '-'], {
      stdin: stringify(workload(undefined, undefined)),
    });
    const changed = out.replace('selector:\n', 'selector:\n    tier: web\n');
    expect(objectsIn((await run(changed)).out)).toMatchObject([{ spec: { selector: { tier: 'web' } } }]);
  });
});

it('what has no sidecars comes out byte for byte', async () => {
  const { code, out, err } = await run(BINDING + DEPLOYMENT);
  expect([code, out, err]).toEqual([0, BINDING + DEPLOYMENT, 'sidecars taken out of 0 workloads\n']);
});

it('a workload that cannot be brought back is named, and nothing is printed', async () => {
  const { out: injected } = await runCommand(injectCommand, ['-f', '-'], { stdin: DEPLOYMENT });
  const broken = injected.replace(`name: ${PROBE_TARGETS}`, 'name: OTHER');
  const { code, out, err } = await run(broken);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('Deployment shop/orders: its label portcullis.dev/injected says');
  expect(err).toContain('(InjectionBroken)\nnothing is printed\n');
});

it('a file that cannot be read is an error', async () => {
  const { code, out, err } = await run('a: [');
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^error: <stdin>:1/);
});

it('says how it is used', async () => {
  expect((await runCommand(uninjectCommand, ['--help'])).out).toMatch(/^Usage: portcullis uninject /);
  await expect(runCommand(uninjectCommand, [])).rejects.toThrow('-f PATH is missing');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { arbitraryPod } from '../injection/testing/arbitrary-pods.ts';
import type { JsonObject } from '../matching/json.ts';
import { PROBE_TARGETS } from '../sidecar/settings.ts';
import { inject } from './inject.ts';
import { runCommand } from './testing/run.ts';
import { uninject } from './uninject.ts';

const run = (stdin: string) => runCommand(uninject, ['-f', '-'], { stdin });
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
    const { out: injected, err } = await runCommand(inject, ['-f', '-'], { stdin: DEPLOYMENT });
    expect(err).toBe('sidecars in 1 of 1 workload\n');
    expect(injected).toContain('portcullis-validator');
    const { code, out, err: said } = await run(injected);
    expect([code, said]).toEqual([0, 'sidecars taken out of 1 workload\n']);
    expect(objectsIn(out)).toEqual(objectsIn(DEPLOYMENT));
  });

  it('have nothing left of them, whatever their pods are, and come back the same again', async () => {
    const pods = fc.sample(arbitraryPod(true), { seed: 1, numRuns: 60 });
    let restored = 0;
    for (const [index, pod] of pods.entries()) {
      const { metadata, spec } = pod;
      const template = { metadata: metadata ?? {}, spec: spec ?? {} };
      const workload: JsonObject = {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `d${index}`, namespace: 'shop' } },
        spec: { template },
      };
      const { code, out } = await runCommand(inject, ['-f', '-'], { stdin: stringify(workload) });
      if (code !== 0 || !out.includes('portcullis.dev/injected')) continue;
      restored += 1;
      const { out: once } = await run(out);
      expect(once).not.toMatch(/portcullis-|portcullis\.dev\/(?:injected|moved|captured|pod)/);
      const { out: again } = await runCommand(inject, ['-f', '-'], { stdin: once });
      expect(objectsIn((await run(again)).out)).toEqual(objectsIn(once));
    }
    expect(restored).toBeGreaterThan(10);
  });

  it('are read from Lists, too', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: objectsIn(DEPLOYMENT) };
    const { out } = await runCommand(inject, ['-f', '-'], { stdin: stringify(list) });
    expect(objectsIn((await run(out)).out)).toEqual([list]);
  });
});

it('what has no sidecars comes out byte for byte', async () => {
  const { code, out, err } = await run(BINDING + DEPLOYMENT);
  expect([code, out, err]).toEqual([0, BINDING + DEPLOYMENT, 'sidecars taken out of 0 workloads\n']);
});

it('a workload that cannot be brought back is named, and nothing is printed', async () => {
  const { out: injected } = await runCommand(inject, ['-f', '-'], { stdin: DEPLOYMENT });
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
  expect((await runCommand(uninject, ['--help'])).out).toMatch(/^Usage: portcullis uninject /);
  await expect(runCommand(uninject, [])).rejects.toThrow('-f PATH is missing');
});

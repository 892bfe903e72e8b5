import { expect, it } from 'vitest';
import { injectCommand } from './inject.ts';
import { fileWith, runCommand } from './testing/run.ts';

const workload = (name: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
`;

const manifests = (injection: string): string => `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {portcullis.dev/injection: ${injection}}}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop}
spec: {selector: {app: orders}, ports: [{name: http, port: 80, targetPort: http}]}
${workload('orders')}${workload('job')}`;

it.each([
  ['required', 1],
  ['enabled', 0],
])('without a binding the value %s guards %i of two workloads', async (injection, guarded) => {
  const { code, err } = await runCommand(injectCommand, ['-f', fileWith(manifests(injection))]);
  expect([code, err]).toEqual([0, `sidecars in ${guarded} of 2 workloads\n`]);
});

it('a binding of a rule of a route means no workload, and leaves none in doubt', async () => {
  const targets = (rule: string) => `[{kind: HTTPRoute, name: web${rule}}]`;
  const bound = (rule: string) => `${manifests('enabled')}---
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: web, namespace: shop}
spec: {sources: [{name: okta}], targetRefs: ${targets(rule)}}
`;
  const whole = await runCommand(injectCommand, ['-f', fileWith(bound(''))]);
  expect([whole.code, whole.err]).toEqual([1, expect.stringContaining('not known whether it means')]);
  const { code, err } = await runCommand(injectCommand, ['-f', fileWith(bound(', sectionName: admin'))]);
  expect([code, err]).toEqual([0, expect.stringMatching(/^warning: .*there is no HTTPRoute shop\/web; /)]);
});

it('a Trial guards nothing: what a Service leads to is captured beside its ports', async () => {
  const tried = (injection: string) => `${manifests(injection)}---
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: orders, namespace: shop}
spec:
  mode: Trial
  ports: [{port: 9090}]
  sources: [{name: okta}]
  targetRefs: [{kind: Service, name: orders}]
`;
  const captured = async (injection: string) => {
    const { out } = await runCommand(injectCommand, ['-f', fileWith(tried(injection))]);
    return /captured-ports: (.*)/.exec(out)?.[1];
  };
  expect([await captured('enabled'), await captured('required')]).toEqual(['"9090"', '"8080,9090"']);
});

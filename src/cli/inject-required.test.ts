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

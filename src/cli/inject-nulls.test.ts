import { expect, it } from 'vitest';
import { injectCommand } from './inject.ts';
import { fileWith, runCommand } from './testing/run.ts';

const binding = (spec: string) => `apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: web, namespace: shop}
spec: {sources: [{name: okta}], ${spec}}
---
`;
const service = (selector: string) => `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: ${selector}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
`;
const deployment = (labels: string, marks = '{}') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: ${labels}}
  template:
    metadata: {labels: ${labels}, annotations: ${marks}}
    spec:
      containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]
`;
const run = (...texts: readonly string[]) => runCommand(injectCommand, ['-f', fileWith(texts.join(''))]);
const BY_LABEL = 'podSelector: {matchLabels: {tier: ""}}';
const BY_SERVICE = 'targetRefs: [{kind: Service, name: web}]';

it.each<readonly [string, string, string]>([
  ['a label of the pod that is asked for', binding(BY_LABEL), '{app: web, tier: null}'],
  [
    'a Service and its pods alike',
    binding(BY_SERVICE) + service('{app: web, tier: null}'),
    '{app: web, tier: null}',
  ],
  [
    'a Service, for pods with an empty label',
    binding(BY_SERVICE) + service('{tier: null}'),
    '{app: web, tier: ""}',
  ],
])('null is an empty text: %s', async (_, before, labels) => {
  const { code, out, err } = await run(before, deployment(labels));
  expect(err).toBe('sidecars in 1 of 1 workload\n');
  expect(code).toBe(0);
  // What is not changed is printed as it came.
  expect(out).toContain(`selector: {matchLabels: ${labels}}`);
});

it.each<readonly [string, string, string]>([
  ['whose Service then chooses more', binding(BY_SERVICE) + service('{app: web, tier: null}'), '{app: web}'],
  [
    'that then lacks a label',
    binding('podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}'),
    '{app: web, tier: null}',
  ],
])('a pod is not printed open %s, as kubectl apply leaves null out', async (_, before, labels) => {
  const { code, out, err } = await run(before, deployment(labels));
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain(
    'Deployment shop/web: ApiBinding shop/web chooses it only where labels that are null are absent',
  );
  expect(err).toContain('write "" in their place, or leave them out');
});

it.each([
  ['as it is applied', '{matchExpressions: [{key: tier, operator: DoesNotExist}]}'],
  ['as API servers read it', '{matchLabels: {tier: ""}}'],
])('a pod at a place of its own is not printed open: %s', async (_, selector) => {
  const stray = `apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: m, namespace: shop, labels: {app: m, tier: null}}
spec: {predictor: {containers: [{name: a, image: b}]}}
`;
  const { code, err } = await run(binding(`podSelector: ${selector}`), stray);
  expect(code).toBe(1);
  expect(err.match(/InferenceService shop\/m: ApiBinding shop\/web targets it/g)).toHaveLength(1);
});

it('an empty annotation is refused, as a pod with it would be', async () => {
  const { code, err } = await run(
    binding(BY_SERVICE),
    service('{app: web}'),
    deployment('{app: web}', '{portcullis.dev/capture: null}'),
  );
  expect(code).toBe(1);
  expect(err).toContain('portcullis.dev/capture');
});

it('null elsewhere is absent', async () => {
  const { code } = await run(binding(BY_SERVICE), service('{app: web}'), deployment('{app: web}', 'null'));
  expect(code).toBe(0);
});

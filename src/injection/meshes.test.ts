/** Pods of meshes, before and after the mesh's own injector has seen them, next to pods that keep out. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { MESHES } from './mesh-table.ts';
import type { NamespaceFacts } from './request.ts';
import { pod, reasons, web } from './testing/pods.ts';

const inside = (labels: Readonly<Record<string, string>>): { readonly namespace: NamespaceFacts } => ({
  namespace: { labels, annotations: {} },
});
const NONE = { 'portcullis.dev/capture': 'None' };

describe.each(MESHES.map((mesh) => [mesh.name, mesh] as const))('%s', (_, { reason, ...mesh }) => {
  const some = (values: readonly string[]): string => values[0] ?? 'any';

  it.each(mesh.containers)('is in a pod with container %s', (name) => {
    expect(reasons(pod({ containers: [web(), { name }] }))).toEqual([reason]);
    expect(reasons(pod({ initContainers: [{ name, restartPolicy: 'Always' }] }))).toEqual([reason]);
    expect(reasons(pod({ initContainers: [{ name }] }))).toEqual([reason]);
    expect(reasons(pod({ containers: [web(), { name: `${name}-2` }] }))).toEqual([]);
    expect(reasons(pod({ containers: [web(), { name }] }, { annotations: NONE }))).toEqual([]);
  });

  it.each(mesh.images)('is in a pod with image %s', (end) => {
    const withImage = (image: string) => reasons(pod({ containers: [web(), { name: 'x', image }] }));
    expect(withImage(`registry.example:5000/team/${end}:1.2`)).toEqual([reason]);
    expect(withImage(`registry.example/${end}:1@sha256:abc`)).toEqual([reason]);
    expect(withImage(end)).toEqual([reason]);
    expect(withImage(`registry.example/${end}-exporter:1`)).toEqual([]);
    expect(withImage(`registry.example/x${end}`)).toEqual([]);
  });

  it.each(mesh.marks)('is in a pod that says $key', ({ key, in: values, out }) => {
    for (const member of ['labels', 'annotations']) {
      expect(reasons(pod({}, { [member]: { [key]: some(values) } }))).toEqual([reason]);
      expect(reasons(pod({}, { [member]: { [key]: some(values).toUpperCase() } }))).toEqual([reason]);
      for (const value of out) expect(reasons(pod({}, { [member]: { [key]: value } }))).toEqual([]);
    }
    expect(reasons(pod({}, { annotations: { ...NONE, [key]: some(values) } }))).toEqual([]);
  });

  it.each(mesh.namespaceMarks)('is in a namespace that says $key', ({ key, in: values }) => {
    expect(reasons(pod(), inside({ [key]: some(values) }))).toEqual([reason]);
    expect(reasons(pod(), inside({ [`${key}-x`]: some(values) }))).toEqual([]);
    expect(reasons(pod(), { namespace: { labels: {}, annotations: { [key]: some(values) } } })).toEqual([
      reason,
    ]);
  });

  it('can be kept out by the pod where the namespace is in', () => {
    const out = mesh.marks.find((mark) => mark.out.length > 0);
    for (const { key, in: values } of mesh.namespaceMarks) {
      const keepsOut = pod({}, { labels: { [out?.key ?? '']: some(out?.out ?? []) } });
      expect(reasons(keepsOut, inside({ [key]: some(values) }))).toEqual([]);
    }
  });

  it('stands in the docs', () => {
    const docs = readFileSync('docs/injection.md', 'utf8');
    const row = docs.split('\n').find((line) => line.startsWith(`| ${mesh.name} |`));
    const words = [
      ...mesh.containers,
      ...mesh.marks.map(({ key }) => key),
      ...mesh.namespaceMarks.map(({ key }) => key),
    ];
    for (const word of words) expect(row).toContain(word);
  });
});

it('a pod that says no to a mesh in two ways is out, though it says yes in a third', () => {
  const labels = { 'sidecar.istio.io/inject': 'false', 'istio.io/rev': 'canary' };
  expect(reasons(pod({}, { labels }))).toEqual([]);
});

it.each<[string, JsonObject]>([
  ['linkerd.io/inject', { 'linkerd.io/inject': 'disabled' }],
  ['a label of the app', { app: 'istio-proxy', mesh: 'enabled' }],
])('other marks are nothing: %s', (_, annotations) => {
  expect(reasons(pod({}, { annotations }))).toEqual([]);
});

/** Pods of meshes, which must be refused next to those that must not. */

import type { JsonObject } from '../../base/json.ts';
import type { InjectionRequest } from '../request.ts';
import { annotated, captured, pod, web } from './pods.ts';

export interface RefusalCase {
  /** Cannot be guarded. */
  readonly bad: JsonObject;
  /** Nearly the same, and can be. */
  readonly good: JsonObject;
  readonly badRest?: Partial<InjectionRequest>;
  readonly goodRest?: Partial<InjectionRequest>;
}

export const labelled = (labels: Readonly<Record<string, string>>) => ({
  namespace: { labels, annotations: {} },
});
export const mesh = (name: string): JsonObject => pod({ containers: [web(), { name }] });
export const nativeMesh = (name: string): JsonObject =>
  pod({ initContainers: [{ name, restartPolicy: 'Always' }] });

export const MESH_CASES = {
  IstioSidecar: [
    {
      bad: mesh('istio-proxy'),
      good: pod({ containers: [web(), { name: 'istio-proxy' }] }, captured('None')),
    },
    { bad: nativeMesh('istio-proxy'), good: mesh('istio') },
    { bad: nativeMesh('istio-init'), good: mesh('istio') },
  ],
  IstioAmbient: [
    {
      bad: pod({}, { labels: { 'istio.io/dataplane-mode': 'ambient' } }),
      good: pod({}, { labels: { 'istio.io/dataplane-mode': 'none' } }),
      goodRest: labelled({ 'istio.io/dataplane-mode': 'ambient' }),
    },
    { bad: pod(), badRest: labelled({ 'istio.io/dataplane-mode': 'ambient' }), good: pod() },
  ],
  LinkerdSidecar: [
    {
      bad: mesh('linkerd-proxy'),
      good: pod({ containers: [web(), { name: 'linkerd-proxy' }] }, captured('None')),
    },
    { bad: nativeMesh('linkerd-proxy'), good: mesh('linkerd') },
    { bad: nativeMesh('linkerd-init'), good: mesh('linkerd') },
  ],
  MeshSidecar: [
    { bad: mesh('kuma-sidecar'), good: mesh('kuma') },
    {
      bad: pod({}, annotated({ 'dapr.io/enabled': 'true' })),
      good: pod({}, annotated({ 'dapr.io/enabled': 'false' })),
    },
  ],
} satisfies Readonly<Record<string, readonly RefusalCase[]>>;

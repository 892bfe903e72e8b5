/** Pods and requests, as short as tests want to write them. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { inject } from '../inject.ts';
import type { InjectionRequest, InjectionSettings, PodGuard } from '../request.ts';

export const SETTINGS: InjectionSettings = {
  version: '1.2.3',
  platform: 'Kubernetes',
  image: 'registry.example/portcullis:1.2.3',
  envoyImage: 'registry.example/envoy:v1',
  controlPlane: 'https://portcullis-policy.portcullis-system.svc',
  imagePullPolicy: undefined,
  imagePullSecrets: [],
};

export const HOOK_KEY = 'fresh'.repeat(5);

/** One container `web` with port 8080 called http, unless said otherwise. */
export function pod(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orders', namespace: 'shop', ...metadata },
    spec: { containers: [web()], ...spec },
  };
}

export const web = (rest: JsonObject = {}): JsonObject => ({
  name: 'web',
  image: 'shop/web',
  ports: [{ name: 'http', containerPort: 8080 }],
  ...rest,
});

export const guard = (...ports: readonly number[]): PodGuard => ({
  binding: 'shop/orders',
  ports: ports.map((port) => ({ port, protocol: 'HTTP' })),
  problem: undefined,
});

/** Guarded at 8080, unless said otherwise. */
export function request(value: JsonObject, rest: Partial<InjectionRequest> = {}): InjectionRequest {
  return {
    pod: value,
    namespace: { labels: {}, annotations: {} },
    guards: [guard(8080)],
    settings: SETTINGS,
    hookKey: HOOK_KEY,
    ...rest,
  };
}

/** The guarded pod; fails where there is none. */
export function guarded(value: JsonObject, rest: Partial<InjectionRequest> = {}): JsonObject {
  const injection = inject(request(value, rest));
  if (injection.kind !== 'guarded') throw new Error(JSON.stringify(injection));
  return injection.pod;
}

/** What a binding needs to be chosen: reasons of the refusals, none where it is no refusal. */
export function reasons(value: JsonObject, rest: Partial<InjectionRequest> = {}): readonly string[] {
  const injection = inject(request(value, rest));
  return injection.kind === 'refused' ? injection.refusals.map(({ reason }) => reason) : [];
}

export const annotated = (annotations: JsonObject): JsonObject => ({ annotations });
export const captured = (mode: string): JsonObject => annotated({ 'portcullis.dev/capture': mode });

export const specOf = (value: JsonObject): JsonObject => objectAt(value.spec);
export const initContainers = (value: JsonObject): readonly JsonObject[] =>
  objectsAt(specOf(value).initContainers);

export function container(value: JsonObject, name: string): JsonObject {
  const { containers } = specOf(value);
  const found = [...objectsAt(containers), ...initContainers(value)].find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no container ${name}`);
  return found;
}

/** A variable of the validator, read as the validator does. */
export function variable(value: JsonObject, name: string): JsonValue {
  const found = objectsAt(container(value, 'portcullis-validator').env).find((one) => one.name === name);
  return typeof found?.value === 'string' ? (JSON.parse(found.value) as JsonValue) : null;
}

/** What the sidecars ask of their node: defaults, and the annotations `portcullis.dev/{capture,validator,envoy}-…`. */

import type { JsonObject } from '../base/json.ts';
import type { Labels } from '../resources/selectors.ts';
import { parseQuantity } from './quantities.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';

interface Bounds {
  readonly request: string;
  readonly limit: string;
}

interface Needs {
  readonly cpu: Bounds;
  readonly memory: Bounds;
}

const DEFAULTS = {
  // It runs for a moment, before everything else; what comes later asks for more.
  capture: { cpu: { request: '10m', limit: '1' }, memory: { request: '32Mi', limit: '128Mi' } },
  validator: { cpu: { request: '20m', limit: '1' }, memory: { request: '64Mi', limit: '256Mi' } },
  envoy: { cpu: { request: '20m', limit: '2' }, memory: { request: '64Mi', limit: '256Mi' } },
} as const satisfies Readonly<Record<string, Needs>>;

const LEAST_MEMORY = '32Mi';

type Sidecar = keyof typeof DEFAULTS;

export interface SidecarResources {
  readonly capture: JsonObject;
  readonly validator: JsonObject;
  readonly envoy: JsonObject;
  /** What Envoy's container may use, in bytes. */
  readonly envoyMemory: number;
}

/** By the pod's annotations; everything in them that cannot be used goes to `refusals`. */
export function sidecarResources(annotations: Labels, refusals: InjectionRefusal[]): SidecarResources {
  const capture = needsOf('capture', annotations, refusals);
  const validator = needsOf('validator', annotations, refusals);
  const envoy = needsOf('envoy', annotations, refusals);
  return {
    capture: resourcesOf(capture),
    validator: resourcesOf(validator),
    envoy: resourcesOf(envoy),
    envoyMemory: parseQuantity(envoy.memory.limit) ?? 0,
  };
}

function needsOf(sidecar: Sidecar, annotations: Labels, refusals: InjectionRefusal[]): Needs {
  return {
    cpu: boundsOf(sidecar, 'cpu', annotations, refusals),
    memory: boundsOf(sidecar, 'memory', annotations, refusals),
  };
}

/** Where one of the two is annotated, the default of the other gives way to it. */
function boundsOf(
  sidecar: Sidecar,
  resource: keyof Needs,
  annotations: Labels,
  refusals: InjectionRefusal[],
): Bounds {
  const { request: usualRequest, limit: usualLimit } = DEFAULTS[sidecar][resource];
  const read = (bound: keyof Bounds): string | undefined => {
    const name = `portcullis.dev/${sidecar}-${resource}-${bound}`;
    const text = annotations[name];
    if (text === undefined || parseQuantity(text) !== undefined) return text;
    refusals.push(injectionRefusal('QuantityInvalid', `${name}: ${JSON.stringify(text)}`));
    return undefined;
  };
  const request = read('request');
  const limit = read('limit');
  if (limit !== undefined && resource === 'memory' && isMore(LEAST_MEMORY, limit)) {
    const what = `portcullis.dev/${sidecar}-memory-limit is ${limit}, and no sidecar runs in less than ${LEAST_MEMORY}`;
    refusals.push(injectionRefusal('QuantityInvalid', what));
  }
  if (request !== undefined && limit !== undefined && isMore(request, limit)) {
    const what = `portcullis.dev/${sidecar}-${resource}-request is ${request}, and the limit ${limit}`;
    refusals.push(injectionRefusal('QuantityInvalid', what));
  }
  return {
    request: request ?? (limit !== undefined && isMore(usualRequest, limit) ? limit : usualRequest),
    limit: limit ?? (request !== undefined && isMore(request, usualLimit) ? request : usualLimit),
  };
}

const isMore = (a: string, b: string): boolean => (parseQuantity(a) ?? 0) > (parseQuantity(b) ?? 0);

function resourcesOf({ cpu, memory }: Needs): JsonObject {
  return {
    requests: { cpu: cpu.request, memory: memory.request },
    limits: { cpu: cpu.limit, memory: memory.limit },
  };
}

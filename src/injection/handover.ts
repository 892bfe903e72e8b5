/** What the validator is given to know of its pod; a guarded pod is read back from it, too. */

import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import type { PortTls } from '../sidecar/port-tls.ts';
import {
  type EnvoySettings,
  HOOK_HEADER,
  HOOK_KEY,
  HOOK_KEY_SHAPE,
  PROBE_KINDS,
  type ProbeKind,
  probePath,
} from '../sidecar/settings.ts';
import type { EnvoyChoices } from './envoy-choices.ts';
import { COUNTERS_PORT, ENVOY_ADMIN_PATH, MOUNT_PATHS, PROBE_PORT, VALIDATOR_CONTAINER } from './layout.ts';
import { named, textAt } from './members.ts';

/** A guarded port and its Envoy listener. */
export interface PortListener {
  readonly port: number;
  readonly protocol: 'HTTP' | 'H2C' | 'HTTPS';
  readonly tls?: PortTls;
  /** Where Envoy listens. */
  readonly listener: number;
  /** Names that capture NamedPort gives to Envoy. */
  readonly names: readonly string[];
}

/** A probe, or a lifecycle hook, that the validator makes in the kubelet's place. */
export interface ProbeToMake {
  readonly container: string;
  readonly kind: ProbeKind;
  /** A ProbeTarget of src/sidecar/settings.ts. */
  readonly target: JsonObject;
}

/** Envoy sheds load before its container would be killed. */
const HEAP_SHARE = 0.8;

/** What `envoyVariable` makes these bytes of heap from. */
export const memoryForHeap = (bytes: number): number => (bytes + 0.5) / HEAP_SHARE;

/** @param memory that Envoy's container may use, in bytes. */
export function envoyVariable(
  listeners: readonly PortListener[],
  memory: number,
  { underscoreHeaders, forwardedFor }: EnvoyChoices,
): string {
  const settings = {
    // In this order: the text of a pod that is there is compared with it.
    listeners: listeners.map(({ port, listener, protocol, tls }) => ({
      port,
      listener,
      protocol,
      ...(tls !== undefined && { tls }),
    })),
    ...(hasTlsFiles(listeners) && { tlsFolder: MOUNT_PATHS.tls }),
    counters: { port: COUNTERS_PORT, adminSocket: ENVOY_ADMIN_PATH },
    ...(underscoreHeaders !== 'Drop' && { underscoreHeaders }),
    ...(forwardedFor !== 'Append' && { forwardedFor }),
    maxHeapBytes: Math.floor(memory * HEAP_SHARE),
  } satisfies EnvoySettings;
  return toVariable(settings);
}

/** Whether Envoy needs files of Secrets or ConfigMaps. */
export const hasTlsFiles = (listeners: readonly Pick<PortListener, 'tls'>[]): boolean =>
  listeners.some(({ tls }) => tls?.secretName !== undefined || tls?.ca !== undefined);

export function probesVariable(probes: readonly ProbeToMake[]): string {
  const byContainer = Map.groupBy(probes, ({ container }) => container);
  return toVariable(
    Object.fromEntries(
      [...byContainer].map(([container, all]) => [
        container,
        Object.fromEntries(all.map(({ kind, target }) => [kind, target])),
      ]),
    ),
  );
}

/** Kubernetes expands `$(NAME)`, and halves `$$`, in values of the environment: no dollar stands in ours. */
function toVariable(value: EnvoySettings | JsonValue): string {
  return JSON.stringify(value).replaceAll('$', String.raw`\u0024`);
}

/** The key that a pod's hooks have already; undefined where they have none. */
export function hookKeyOf(pod: JsonObject): string | undefined {
  const { env } = named(objectAt(pod.spec).initContainers, VALIDATOR_CONTAINER) ?? {};
  const key = textAt(objectsAt(env).find(({ name }) => name === HOOK_KEY)?.value);
  return HOOK_KEY_SHAPE.test(key) ? key : undefined;
}

/** How the kubelet asks for a page. The scheme is what Kubernetes would fill in: so a pod is known when it comes back. */
export const probePage = (path: string): JsonObject => ({ path, port: PROBE_PORT, scheme: 'HTTP' });

/** A page that does something, which no other pod can ask for. */
export const hookPage = (path: string, key: string): JsonObject => ({
  ...probePage(path),
  httpHeaders: [{ name: HOOK_HEADER, value: key }],
});

/** The handlers that were replaced, by the path of what replaced them; undefined for what was not written here. */
export function readHandlers(text: string): ReadonlyMap<string, JsonObject> | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const handlers = new Map<string, JsonObject>();
  for (const [container, kinds] of Object.entries(value)) {
    for (const kind of PROBE_KINDS) {
      const { timeoutSeconds: _, address: __, ...handler } = objectAt(objectAt(kinds)[kind]);
      if (Object.keys(handler).length > 0) handlers.set(probePath(container, kind), handler);
    }
  }
  return handlers;
}

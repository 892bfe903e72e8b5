/** What the sidecars that a pod has do, by their containers: those cannot be changed while the pod runs, as marks can. */

import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../base/members.ts';
import { FORWARDED_FOR_CHOICES } from '../sidecar/forwarded-for.ts';
import type { PortTls } from '../sidecar/port-tls.ts';
import { ENVOY_SETTINGS } from '../sidecar/settings.ts';
import { UNDERSCORE_CHOICES } from '../sidecar/underscores.ts';
import { type CheckPorts, USUAL_CHECK_PORTS } from './check-ports.ts';
import type { EnvoyChoices } from './envoy-choices.ts';
import type { PortListener } from './handover.ts';
import { CAPTURE_CONTAINER, OWN_CONTAINERS, VALIDATOR_CONTAINER } from './layout.ts';
import { named, textAt } from './members.ts';
import { MOST_LISTENERS } from './ports.ts';

type PresentListener = Omit<PortListener, 'names'>;

/** Whether it starts containers that are called as ours are. */
export const hasSidecars = ({ initContainers }: JsonObject): boolean =>
  objectsAt(initContainers).some(({ name }) => OWN_CONTAINERS.includes(textAt(name)));

/** Ports that are led to Envoy, and for which Envoy has a listener; with capture NamedPort their names lead there. */
export function presentListeners({ initContainers }: JsonObject): readonly PresentListener[] {
  const listeners = listenersIn(envoySettings(initContainers));
  const capture = named(initContainers, CAPTURE_CONTAINER);
  if (capture === undefined) return listeners;
  const [command, ...redirects] = capture.command === undefined ? listAt(capture.args) : [];
  if (command !== 'capture') return [];
  return listeners.filter(({ port, listener }) => redirects.includes(`${port}=${listener}`));
}

/** How much heap Envoy was given, in bytes; undefined where that is no number. */
export function presentHeap({ initContainers }: JsonObject): number | undefined {
  const { maxHeapBytes } = envoySettings(initContainers);
  return Number.isSafeInteger(maxHeapBytes) ? Number(maxHeapBytes) : undefined;
}

/** What was chosen for its Envoy. */
export function presentChoices({ initContainers }: JsonObject): EnvoyChoices {
  const { underscoreHeaders, forwardedFor } = envoySettings(initContainers);
  return {
    underscoreHeaders: UNDERSCORE_CHOICES.find((one) => one === underscoreHeaders) ?? 'Drop',
    forwardedFor: FORWARDED_FOR_CHOICES.find((one) => one === forwardedFor) ?? 'Append',
  };
}

const CONTROL_PLANE = '--control-plane=';

/** Whose policy its validator asks for; undefined where its arguments do not say. */
export function presentControlPlane({ initContainers }: JsonObject): string | undefined {
  const args = listAt(named(initContainers, VALIDATOR_CONTAINER)?.args).map(textAt);
  return args.find((text) => text.startsWith(CONTROL_PLANE))?.slice(CONTROL_PLANE.length);
}

/** Where the pod's own Envoy asks its validator. */
export function presentCheckPorts({ initContainers }: JsonObject): CheckPorts {
  const args = listAt(named(initContainers, VALIDATOR_CONTAINER)?.args).map(textAt);
  const portOf = (name: string): number | undefined => {
    const digits = args.map((text) => CHECK_PORT.exec(text)).find((found) => found?.[1] === name)?.[2];
    return digits === undefined ? undefined : portAt(Number(digits));
  };
  return { http: portOf('http') ?? USUAL_CHECK_PORTS.http, grpc: portOf('grpc') ?? USUAL_CHECK_PORTS.grpc };
}

const CHECK_PORT = /^--(http|grpc)=127\.0\.0\.1:([0-9]{4,5})$/;

function envoySettings(initContainers: JsonValue | undefined): JsonObject {
  const { env } = named(initContainers, VALIDATOR_CONTAINER) ?? {};
  // Of two variables of one name Kubernetes takes the last.
  const settings = objectsAt(env).findLast(({ name }) => name === ENVOY_SETTINGS);
  return objectAt(parseJsonObject(textAt(settings?.value)));
}

function listenersIn({ listeners }: JsonObject): readonly PresentListener[] {
  return objectsAt(listeners)
    .slice(0, MOST_LISTENERS)
    .flatMap(({ port: written, listener: behind, protocol, tls }): PresentListener[] => {
      const [port, listener] = [portAt(written), portAt(behind)];
      if (port === undefined || listener === undefined) return [];
      const known = PROTOCOLS.find((one) => one === protocol) ?? 'HTTP';
      return [{ port, protocol: known, ...(isJsonObject(tls) && { tls: presentTls(tls) }), listener }];
    });
}

const PROTOCOLS = ['HTTP', 'H2C', 'HTTPS'] as const;

function presentTls({ secretName, ca, serverName }: JsonObject): PortTls {
  const { configMap, key } = objectAt(ca);
  return {
    ...(typeof secretName === 'string' && { secretName }),
    ...(typeof configMap === 'string' && typeof key === 'string' && { ca: { configMap, key } }),
    ...(typeof serverName === 'string' && { serverName }),
  };
}

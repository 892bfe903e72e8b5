/** The app's probes and hooks on guarded ports: the kubelet has no token, so the validator makes them in its place. */

import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import { objectAt, objectsAt, portAt } from '../matching/members.ts';
import { isHook, type ProbeKind, probePath } from '../sidecar/settings.ts';
import { hookPage, type ProbeToMake, probePage } from './handover.ts';
import { PROBE_PORT } from './layout.ts';
import { named, textAt, withMember } from './members.ts';

const PROBES: readonly (readonly [string, ProbeKind])[] = [
  ['startupProbe', 'startup'],
  ['readinessProbe', 'readiness'],
  ['livenessProbe', 'liveness'],
];
const HOOKS: readonly (readonly [string, ProbeKind])[] = [
  ['postStart', 'postStart'],
  ['preStop', 'preStop'],
];
/** What the kubelet connects for. `exec` runs inside of the container, and a hook's `tcpSocket` is never looked at. */
const PROBE_HANDLERS = ['httpGet', 'tcpSocket', 'grpc'];
const HOOK_HANDLERS = ['httpGet'];

/** Seconds, the most that the validator takes. */
const LONGEST = 3600;

export interface Rewritten {
  readonly container: JsonObject;
  readonly probes: readonly ProbeToMake[];
  /** Probes, as `readinessProbe of container web`, that the validator could not make as they are written. */
  readonly unusable: readonly string[];
}

/**
 * The container, probed by way of the validator where a guarded port is probed.
 * @param moved names that Envoy's ports have instead of the app's.
 * @param hookKey what the kubelet shows with a hook.
 */
export function rewriteProbes(
  container: JsonObject,
  guarded: ReadonlySet<number>,
  moved: ReadonlySet<string>,
  hookKey: string,
): Rewritten {
  const name = textAt(container.name);
  const probes: ProbeToMake[] = [];
  const unusable: string[] = [];
  const changed = mapHandlers(container, (action, kind, member) => {
    const type = (isHook(kind) ? HOOK_HANDLERS : PROBE_HANDLERS).find((handler) =>
      isJsonObject(action[handler]),
    );
    if (type === undefined) return action;
    const written = objectAt(action[type]);
    const port = portNumber(written.port, container);
    if (port === undefined || !guarded.has(port)) return action;
    // Another host is not this pod; but its port is called as one of the pod's, which may have no name any more.
    if (textAt(written.host) !== '') {
      return moved.has(textAt(written.port)) ? { ...action, [type]: { ...written, port } } : action;
    }
    const details = handlerDetails(type, written);
    if (details === undefined) {
      unusable.push(`${member} of container ${name}`);
      return action;
    }
    // How long a hook may take, the kubelet knows.
    const timeout = isHook(kind) ? { timeoutSeconds: LONGEST } : timeoutOf(action);
    probes.push({ container: name, kind, target: { [type]: { ...details, port }, ...timeout } });
    const path = probePath(name, kind);
    const httpGet = isHook(kind) ? hookPage(path, hookKey) : probePage(path);
    return { ...withMember(action, type, undefined), httpGet };
  });
  return { container: changed, probes, unusable };
}

/** Of these ports each probe and hook that is to be made by HTTPS, as `readinessProbe of container web, at port 8080`. */
export function tlsHandlers(container: JsonObject, ports: ReadonlySet<number>): readonly string[] {
  const found: string[] = [];
  mapHandlers(container, (action, _, member) => {
    const { port: written, scheme, host } = objectAt(action.httpGet);
    const port = portNumber(written, container);
    if (scheme === 'HTTPS' && textAt(host) === '' && port !== undefined && ports.has(port)) {
      found.push(`${member} of container ${textAt(container.name)}, at port ${port}`);
    }
    return action;
  });
  return found;
}

function timeoutOf({ timeoutSeconds }: JsonObject): JsonObject {
  return typeof timeoutSeconds === 'number' && timeoutSeconds > 1
    ? { timeoutSeconds: Math.min(Math.ceil(timeoutSeconds), LONGEST) }
    : {};
}

/** All but the port; undefined for what the validator refuses. */
function handlerDetails(type: string, written: JsonObject): JsonObject | undefined {
  if (type === 'grpc') return textAt(written.service) === '' ? {} : { service: textAt(written.service) };
  if (type === 'tcpSocket') return {};
  const { path, scheme, httpHeaders } = written;
  if (scheme !== undefined && scheme !== 'HTTP' && scheme !== 'HTTPS') return undefined;
  const headers = objectsAt(httpHeaders).map(({ name, value }) => ({
    name: textAt(name),
    value: textAt(value),
  }));
  if (headers.some(({ name, value }) => !HEADER_NAME.test(name) || !HEADER_VALUE.test(value)))
    return undefined;
  return {
    ...(textAt(path) !== '' && { path: textAt(path) }),
    ...(scheme !== undefined && { scheme }),
    ...(headers.length > 0 && { httpHeaders: headers }),
  };
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Puts back what was replaced. A probe that somebody has changed since stays as it is. */
export function restoreProbes(
  container: JsonObject,
  handlers: ReadonlyMap<string, JsonObject>,
): JsonObject | 'unknown' {
  let isKnown = true;
  const restored = mapHandlers(container, (action, kind) => {
    const { path, port } = objectAt(action.httpGet);
    const own = probePath(textAt(container.name), kind);
    if (path !== own || port !== PROBE_PORT) return action;
    const handler = handlers.get(own);
    if (handler === undefined) isKnown = false;
    return { ...withMember(action, 'httpGet', undefined), ...handler };
  });
  return isKnown ? restored : 'unknown';
}

type Change = (action: JsonObject, kind: ProbeKind, member: string) => JsonObject;

function mapHandlers(container: JsonObject, change: Change): JsonObject {
  const withProbes = mapMembers(container, PROBES, change);
  const { lifecycle } = withProbes;
  return isJsonObject(lifecycle)
    ? withMember(withProbes, 'lifecycle', mapMembers(lifecycle, HOOKS, change))
    : withProbes;
}

function mapMembers(
  object: JsonObject,
  members: readonly (readonly [string, ProbeKind])[],
  change: Change,
): JsonObject {
  return members.reduce((result, [member, kind]) => {
    const action = result[member];
    return isJsonObject(action) ? withMember(result, member, change(action, kind, member)) : result;
  }, object);
}

/** A name is looked up in the container's own ports, whichever protocol they are for, as the kubelet does. */
function portNumber(port: JsonValue | undefined, container: JsonObject): number | undefined {
  if (typeof port !== 'string') return portAt(port);
  const declared = port === '' ? undefined : named(container.ports, port);
  return portAt(declared?.containerPort) ?? portAt(/^[0-9]{1,5}$/.test(port) ? Number(port) : undefined);
}

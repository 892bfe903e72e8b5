/** The app's probes and hooks on guarded ports: the kubelet has no token, so the validator makes them in its place. */

import { isJsonObject, type JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { isHook, probePath } from '../sidecar/settings.ts';
import { HOOK_HANDLERS, handlerDetails, mapHandlers, PROBE_HANDLERS, portNumber } from './handlers.ts';
import { hookPage, type ProbeToMake, probePage } from './handover.ts';
import { PROBE_PORT } from './layout.ts';
import { textAt, withMember } from './members.ts';
import { asWritten, withPortName } from './spellings.ts';

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

/**
 * Puts back what was replaced. A probe that has been changed since stays as it is.
 * @param spelt by kind, what `spellings` has found.
 */
export function restoreProbes(
  container: JsonObject,
  handlers: ReadonlyMap<string, JsonObject>,
  spelt: JsonObject,
): JsonObject | 'unknown' {
  let isKnown = true;
  const restored = mapHandlers(container, (action, kind) => {
    const { path, port } = objectAt(action.httpGet);
    const own = probePath(textAt(container.name), kind);
    if (path !== own || port !== PROBE_PORT) return withPortName(action, objectAt(spelt[kind]), container);
    const handler = handlers.get(own);
    if (handler === undefined) isKnown = false;
    const written = handler && asWritten(handler, objectAt(spelt[kind]), container);
    return { ...withMember(action, 'httpGet', undefined), ...written };
  });
  return isKnown ? restored : 'unknown';
}

/** Probes and hooks of a container: where they stand, and what they mean. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectsAt, portAt } from '../base/members.ts';
import type { ProbeKind } from '../sidecar/settings.ts';
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
export const PROBE_HANDLERS = ['httpGet', 'tcpSocket', 'grpc'];
export const HOOK_HANDLERS = ['httpGet'];

/** All but the port; undefined for what the validator refuses. */
export function handlerDetails(type: string, written: JsonObject): JsonObject | undefined {
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

type Change = (action: JsonObject, kind: ProbeKind, member: string) => JsonObject;

export function mapHandlers(container: JsonObject, change: Change): JsonObject {
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
export function portNumber(port: JsonValue | undefined, container: JsonObject): number | undefined {
  if (typeof port !== 'string') return portAt(port);
  const declared = port === '' ? undefined : named(container.ports, port);
  return portAt(declared?.containerPort) ?? portAt(/^[0-9]{1,5}$/.test(port) ? Number(port) : undefined);
}

/** What Kubernetes fills in where nothing is written, so that a pod as it was made can be held against one as it is stored. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt } from '../base/members.ts';
import { withMember } from './members.ts';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

const OF_CONTAINER: JsonObject = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  stdin: false,
  stdinOnce: false,
  tty: false,
};
const OF_PROBE: JsonObject = {
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};
const OF_PORT: JsonObject = { protocol: 'TCP' };
const OF_SECURITY: JsonObject = { procMount: 'Default' };
const OF_MOUNT: JsonObject = { readOnly: false, mountPropagation: 'None', recursiveReadOnly: 'Disabled' };
/** 0644. */
const OF_FILES: JsonObject = { defaultMode: 0o644 };

/** A container with its defaults, and without members that say nothing. */
export function filledInContainer(written: JsonObject): JsonObject {
  const { resizePolicy: _, ...container } = { ...OF_CONTAINER, ...withoutNothing(written) };
  const probed = PROBES.reduce<JsonObject>((result, name) => fillIn(result, name, OF_PROBE), container);
  const secured = fillIn(probed, 'securityContext', OF_SECURITY);
  return eachOf(eachOf(secured, 'ports', OF_PORT), 'volumeMounts', OF_MOUNT);
}

export function filledInVolume(written: JsonObject): JsonObject {
  return ['projected', 'configMap', 'secret', 'downwardAPI'].reduce<JsonObject>(
    (result, name) => fillIn(result, name, OF_FILES),
    withoutNothing(written),
  );
}

function fillIn(object: JsonObject, name: string, defaults: JsonObject): JsonObject {
  const member = object[name];
  return isJsonObject(member) ? { ...object, [name]: { ...defaults, ...member } } : object;
}

function eachOf(object: JsonObject, name: string, defaults: JsonObject): JsonObject {
  if (object[name] === undefined) return object;
  const items = listAt(object[name]).map((item) => (isJsonObject(item) ? { ...defaults, ...item } : item));
  return withMember(object, name, items);
}

/** null, and what is empty, is for Kubernetes the same as nothing. */
function withoutNothing(object: JsonObject): JsonObject {
  const members = Object.entries(object).map(([name, value]) => [name, trimmed(value)] as const);
  return Object.fromEntries(members.filter(([, value]) => !isNothing(value)));
}

function trimmed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return listAt(value).map(trimmed);
  return isJsonObject(value) ? withoutNothing(value) : value;
}

function isNothing(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

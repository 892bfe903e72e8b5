/** How a handler was spelt: a port by its name, members that are empty. The validator is given what it means. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt } from '../base/members.ts';
import { handlerDetails, mapHandlers, PROBE_HANDLERS, portNumber } from './handlers.ts';
import { sameJson, textAt } from './members.ts';

/** By kind, the members in which the handlers of a container are spelt otherwise than those of `plain`. */
export function spellings(container: JsonObject, plain: JsonObject): JsonObject {
  const before = handlersOf(container);
  const after = handlersOf(plain);
  return Object.fromEntries(
    [...before].flatMap(([kind, handler]): readonly [string, JsonObject][] => {
      const found = differing(handler, objectAt(after.get(kind)));
      return Object.keys(found).length === 0 ? [] : [[kind, found]];
    }),
  );
}

function handlersOf(container: JsonObject): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  mapHandlers(container, (action, kind) => {
    const type = typeOf(action);
    if (type !== undefined) found.set(kind, objectAt(action[type]));
    return action;
  });
  return found;
}

const typeOf = (action: JsonObject): string | undefined =>
  PROBE_HANDLERS.find((handler) => isJsonObject(action[handler]));

const differing = (handler: JsonObject, plain: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(spellable(handler)).filter(([name, value]) => !sameJson(value, plain[name])),
  );

/** The handler in the words that it was written in, as long as they mean the same. */
export function asWritten(handler: JsonObject, spelt: JsonObject, container: JsonObject): JsonObject {
  const type = typeOf(handler);
  if (type === undefined) return handler;
  const plain = objectAt(handler[type]);
  const written = { ...plain, ...spellable(spelt) };
  const port = portNumber(written.port, container);
  const meant = handlerDetails(type, written);
  const isSame =
    textAt(written.host) === '' &&
    port !== undefined &&
    sameJson({ ...meant, port }, { ...handlerDetails(type, plain), port: plain.port ?? null });
  return isSame ? { ...handler, [type]: written } : handler;
}

/** A probe of another host has its port's name back, which Envoy had. */
export function withPortName(action: JsonObject, { port }: JsonObject, container: JsonObject): JsonObject {
  const type = typeOf(action);
  const written = objectAt(type === undefined ? undefined : action[type]);
  if (type === undefined || typeof port !== 'string' || textAt(written.host) === '') return action;
  return typeof written.port === 'number' && portNumber(port, container) === written.port
    ? { ...action, [type]: { ...written, port } }
    : action;
}

/** Others can change the mark that says it: nothing is taken from there but what has two spellings. */
function spellable({ port, host, path, service, httpHeaders }: JsonObject): JsonObject {
  return {
    ...(typeof port === 'string' && { port }),
    ...(host === '' && { host }),
    ...(path === '' && { path }),
    ...(service === '' && { service }),
    ...(Array.isArray(httpHeaders) && listAt(httpHeaders).every(isHeader) && { httpHeaders }),
  };
}

const isHeader = (header: JsonValue): boolean =>
  isJsonObject(header) &&
  Object.entries(header).every(
    ([name, value]) => ['name', 'value'].includes(name) && typeof value === 'string',
  );

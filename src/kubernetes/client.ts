/** The calls to the API server, the same for every kind; each is bounded, and its failures are values. */

import type { Clock } from '../base/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { call } from './call.ts';
import { type CallSubject, failed, type Outcome, ok } from './errors.ts';
import { isKubernetesObject, type KubernetesObject, keyOf, type ObjectName } from './object.ts';
import { type ListQuery, listParameters, parameters, type WatchQuery, watchParameters } from './query.ts';
import { apiVersionOf, collectionPath, objectPath, type Resource, type Subresource } from './resource.ts';
import type { HttpRequest, HttpTransport } from './transport.ts';
import { openWatch, type WatchEvent } from './watch.ts';

export interface CallOptions {
  /** Ends the call early. */
  readonly signal?: AbortSignal;
  /** Absent = 30 s. */
  readonly timeoutMilliseconds?: number;
}

export interface WriteOptions extends CallOptions {
  readonly subresource?: Subresource;
}

export interface DeleteOptions extends CallOptions {
  /** Only this very object, not another that has its name by now. */
  readonly uid?: string;
  /** Only as it was seen. */
  readonly resourceVersion?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}

/** An object to be written: apiVersion and kind are put in by the resource. */
export interface Draft {
  readonly metadata: JsonObject & ObjectName;
  readonly [member: string]: JsonValue;
}

export type Patch =
  | { readonly type: 'merge'; readonly patch: JsonObject }
  | { readonly type: 'json'; readonly patch: readonly JsonObject[] };

export interface ObjectList {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  /** Asks for the next page; undefined where this is the last. */
  readonly continue: string | undefined;
}

export interface KubernetesClient {
  get(resource: Resource, name: ObjectName, options?: CallOptions): Promise<Outcome<KubernetesObject>>;
  /** One page. */
  list(resource: Resource, query: ListQuery, options?: CallOptions): Promise<Outcome<ObjectList>>;
  /** Has no time limit of its own: the signal ends it. */
  watch(
    resource: Resource,
    query: WatchQuery,
    signal: AbortSignal,
  ): Promise<Outcome<AsyncIterable<WatchEvent>>>;
  create(resource: Resource, object: Draft, options?: CallOptions): Promise<Outcome<KubernetesObject>>;
  /** A `metadata.resourceVersion` in it makes it a compare-and-swap. */
  replace(resource: Resource, object: Draft, options?: WriteOptions): Promise<Outcome<KubernetesObject>>;
  /** Server-side apply: the field manager owns exactly what stands in the object, and takes it from others. */
  apply(resource: Resource, object: Draft, options?: WriteOptions): Promise<Outcome<KubernetesObject>>;
  patch(
    resource: Resource,
    name: ObjectName,
    patch: Patch,
    options?: WriteOptions,
  ): Promise<Outcome<KubernetesObject>>;
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<Outcome<undefined>>;
  /** POST of what is no stored object: a review. */
  review(resource: Resource, spec: JsonObject, options?: CallOptions): Promise<Outcome<JsonObject>>;
  /** GET of what is no object at all: discovery, `/version`, `/readyz`. */
  read(path: string, options?: CallOptions): Promise<Outcome<JsonValue>>;
}

export interface ClientDeps {
  readonly transport: HttpTransport;
  readonly clock: Pick<Clock, 'after'>;
  /** Stands in managedFields for everything that is written. */
  readonly fieldManager: string;
  /** `portcullis/1.2.3` */
  readonly userAgent: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;

const JSON_TYPE = 'application/json';
/** The keys of service accounts come as nothing else. */
const READABLE = `${JSON_TYPE}, application/jwk-set+json`;

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const;

export function createClient(deps: ClientDeps): KubernetesClient {
  const { fieldManager, userAgent } = deps;

  const send = (
    { accept = JSON_TYPE, ...request }: Pick<HttpRequest, 'method' | 'path'> & { readonly accept?: string },
    subject: CallSubject,
    options: CallOptions = {},
    content?: { readonly type: string; readonly body: JsonValue },
  ): Promise<Outcome<JsonValue>> =>
    call(deps, {
      ...request,
      subject,
      signal: options.signal,
      timeoutMilliseconds: options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MS,
      headers: {
        accept,
        'user-agent': userAgent,
        ...(content && { 'content-type': content.type }),
      },
      ...(content && { body: JSON.stringify(content.body) }),
    });

  const json = (body: JsonValue) => ({ type: JSON_TYPE, body });
  const writing = parameters({ fieldManager });
  const applying = parameters({ fieldManager, force: 'true' });

  return {
    async get(resource, name, options) {
      const subject = subjectOf('get', resource, name);
      return asObject(
        subject,
        await send({ method: 'GET', path: objectPath(resource, name) }, subject, options),
      );
    },
    async list(resource, query, options) {
      const subject = subjectOf('list', resource, query);
      const path = collectionPath(resource, query.namespace) + listParameters(query);
      return asList(subject, await send({ method: 'GET', path }, subject, options));
    },
    watch(resource, query, signal) {
      const path = collectionPath(resource, query.namespace) + watchParameters(query);
      return openWatch(deps.transport, path, subjectOf('watch', resource, query), signal, userAgent);
    },
    async create(resource, object, options) {
      const subject = subjectOf('create', resource, object.metadata);
      const path = collectionPath(resource, object.metadata.namespace) + writing;
      const content = json(typed(resource, object));
      return asObject(subject, await send({ method: 'POST', path }, subject, options, content));
    },
    async replace(resource, object, options) {
      const subject = subjectOf('replace', resource, object.metadata, options?.subresource);
      const path = objectPath(resource, object.metadata, options?.subresource) + writing;
      const content = json(typed(resource, object));
      return asObject(subject, await send({ method: 'PUT', path }, subject, options, content));
    },
    async apply(resource, object, options) {
      const subject = subjectOf('apply', resource, object.metadata, options?.subresource);
      const path = objectPath(resource, object.metadata, options?.subresource) + applying;
      const content = { type: 'application/apply-patch+yaml', body: typed(resource, object) };
      return asObject(subject, await send({ method: 'PATCH', path }, subject, options, content));
    },
    async patch(resource, name, { type, patch }, options) {
      const subject = subjectOf('patch', resource, name, options?.subresource);
      const path = objectPath(resource, name, options?.subresource) + writing;
      const content = { type: PATCH_TYPES[type], body: patch };
      return asObject(subject, await send({ method: 'PATCH', path }, subject, options, content));
    },
    async delete(resource, name, { uid, resourceVersion, propagation, ...options } = {}) {
      const subject = subjectOf('delete', resource, name);
      const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
      const body = { preconditions, ...(propagation && { propagationPolicy: propagation }) };
      const request = { method: 'DELETE', path: objectPath(resource, name) } as const;
      const answer = await send(request, subject, options, json(body));
      return answer.kind === 'ok' ? ok(undefined) : answer;
    },
    async review(resource, spec, options) {
      const subject: CallSubject = { what: `create ${resource.plural}`, sensitive: true };
      const request = { method: 'POST', path: collectionPath(resource) } as const;
      const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, spec };
      const answer = await send(request, subject, options, json(body));
      if (answer.kind === 'failed') return answer;
      return isJsonObject(answer.value) ? ok(answer.value) : notAnObject(subject);
    },
    read: (path, options) =>
      send({ method: 'GET', path, accept: READABLE }, { what: `get ${path}`, sensitive: false }, options),
  };
}

function subjectOf(
  verb: string,
  { plural, sensitive }: Resource,
  { namespace, name }: Partial<ObjectName>,
  subresource?: Subresource,
): CallSubject {
  const kind = subresource === undefined ? plural : `${plural}/${subresource}`;
  const place = name === undefined ? (namespace ?? '') : keyOf({ name, ...(namespace && { namespace }) });
  return { what: `${verb} ${kind} ${place}`.trimEnd(), sensitive: sensitive === true };
}

function typed(resource: Resource, object: Draft): JsonObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function asObject(subject: CallSubject, answer: Outcome<JsonValue>): Outcome<KubernetesObject> {
  if (answer.kind === 'failed') return answer;
  return isKubernetesObject(answer.value) ? ok(answer.value) : notAnObject(subject);
}

function asList(subject: CallSubject, answer: Outcome<JsonValue>): Outcome<ObjectList> {
  if (answer.kind === 'failed') return answer;
  const { items, metadata } = isJsonObject(answer.value) ? answer.value : {};
  // Go writes an empty list as null now and then.
  const list: readonly JsonValue[] | undefined =
    items === null ? [] : Array.isArray(items) ? items : undefined;
  if (!isJsonObject(metadata) || typeof metadata.resourceVersion !== 'string' || list === undefined) {
    return notAnObject(subject);
  }
  if (!list.every(isKubernetesObject)) return notAnObject(subject);
  const { resourceVersion, continue: next } = metadata;
  return ok({
    items: list,
    resourceVersion,
    continue: typeof next === 'string' && next !== '' ? next : undefined,
  });
}

function notAnObject({ what }: CallSubject) {
  return failed('Unexpected', `${what}: the answer has not the form that it should; is this an API server?`);
}

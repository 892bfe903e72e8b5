/** From JSON to a typed object of one of the kinds we read, or what is wrong with it. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { CONFIG_MAP_SCHEMA, METADATA_SCHEMA, NAMESPACE_SCHEMA, SECRET_SCHEMA } from './core-schema.ts';
import { formatField } from './fields.ts';
import { type Finding, finding, type ObjectReference } from './findings.ts';
import { configMapData, type KeyedData, secretData } from './keyed-data.ts';
import type { ConfigMap, Namespace, ObjectMeta, Secret } from './object.ts';
import { SCHEMAS } from './schema.gen.ts';
import type { Schema } from './schema.ts';
import type { WrittenAt } from './set.ts';
import type { ApiBinding, AuthenticationSource } from './types.gen.ts';
import { validate } from './validate.ts';

export type Typed<T> =
  | { readonly kind: 'typed'; readonly object: T }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** Of both of our kinds. */
export const API_VERSION = 'portcullis.dev/v1alpha1';

/** The namespace of a manifest that names none. */
export const DEFAULT_NAMESPACE = 'default';

export function authenticationSource(
  value: JsonObject,
  origin: WrittenAt | undefined,
): Typed<AuthenticationSource> {
  return ours<AuthenticationSource>('AuthenticationSource', value, origin);
}

export function apiBinding(value: JsonObject, origin: WrittenAt | undefined): Typed<ApiBinding> {
  return ours<ApiBinding>('ApiBinding', value, origin);
}

export function secret(value: JsonObject, origin: WrittenAt | undefined): Typed<Secret> {
  const typed = withData('Secret', SECRET_SCHEMA, secretData, value, origin);
  if (typed.kind === 'refused' || typeof value.type !== 'string' || value.type === '') return typed;
  return { kind: 'typed', object: { ...typed.object, type: value.type } };
}

export function configMap(value: JsonObject, origin: WrittenAt | undefined): Typed<ConfigMap> {
  return withData('ConfigMap', CONFIG_MAP_SCHEMA, configMapData, value, origin);
}

export function namespace(value: JsonObject, origin: WrittenAt | undefined): Typed<Namespace> {
  const checked = check('Namespace', NAMESPACE_SCHEMA, value, origin);
  if (checked.kind === 'refused') return checked;
  const { metadata } = checked.object;
  return {
    kind: 'typed',
    object: { kind: 'Namespace', metadata: { ...metadata, namespace: metadata.name } },
  };
}

/** What an object is called in findings, however broken it is. */
export function referenceOf(kind: string, value: JsonObject): ObjectReference {
  const metadata = isJsonObject(value.metadata) ? value.metadata : {};
  const text = (member: JsonValue | undefined, otherwise: string): string =>
    typeof member === 'string' && member !== '' ? member : otherwise;
  return { kind, namespace: text(metadata.namespace, DEFAULT_NAMESPACE), name: text(metadata.name, '?') };
}

/** The API server drops the status of what is applied; so does this. */
function ours<T>(kind: keyof typeof SCHEMAS, value: JsonObject, origin: WrittenAt | undefined): Typed<T> {
  const { status: _, ...written } = value;
  const checked = check(kind, SCHEMAS[kind], written, origin);
  if (checked.kind === 'refused') return checked;
  // The schema that T was generated from has been checked.
  return { kind: 'typed', object: { ...checked.object.value, metadata: checked.object.metadata } as T };
}

function withData<K extends string>(
  kind: K,
  schema: Schema,
  read: (value: JsonObject) => KeyedData,
  value: JsonObject,
  origin: WrittenAt | undefined,
): Typed<{ kind: K; metadata: ObjectMeta; data: ReadonlyMap<string, Uint8Array> }> {
  const checked = check(kind, schema, value, origin);
  if (checked.kind === 'refused') return checked;
  const { data, problems } = read(checked.object.value);
  if (problems.length === 0)
    return { kind: 'typed', object: { kind, metadata: checked.object.metadata, data } };
  const object = referenceOf(kind, value);
  return {
    kind: 'refused',
    findings: problems.map(({ path, message, remedy }) =>
      finding('Invalid', { object, origin, field: formatField(path) }, message, remedy ?? 'change it'),
    ),
  };
}

interface Checked {
  readonly value: JsonObject;
  readonly metadata: ObjectMeta;
}

function check(
  kind: string,
  schema: Schema,
  value: JsonObject,
  origin: WrittenAt | undefined,
): Typed<Checked> {
  const place = { object: referenceOf(kind, value), origin };
  const metadata = validate(METADATA_SCHEMA, withoutNulls(value.metadata ?? {}), place, ['metadata']);
  const whole = validate(schema, { ...value, metadata: {} }, place);
  if (metadata.kind === 'valid' && whole.kind === 'valid') {
    // Both schemas are of objects, and METADATA_SCHEMA has ObjectMeta's members.
    return {
      kind: 'typed',
      object: {
        value: whole.value as JsonObject,
        metadata: objectMeta(metadata.value as unknown as ObjectMeta, origin),
      },
    };
  }
  return {
    kind: 'refused',
    findings: [metadata, whole].flatMap((result) => (result.kind === 'invalid' ? result.findings : [])),
  };
}

/** `kubectl create --dry-run` writes `creationTimestamp: null`. A label that is null is an empty one to API servers. */
function withoutNulls(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, name === 'labels' || name === 'annotations' ? texts(member) : member]),
  );
}

const texts = (value: JsonValue): JsonValue =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, member ?? '']))
    : value;

const META_MEMBERS = [
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'labels',
  'annotations',
] as const satisfies readonly (keyof ObjectMeta)[];

/**
 * What an API server alone can vouch for. A file that was copied from its answer keeps them, whatever was changed
 * since: a name and a version that two objects, or two contents, would share.
 */
const SERVER_MEMBERS = ['uid', 'resourceVersion'] as const satisfies readonly (keyof ObjectMeta)[];

function objectMeta(
  meta: Partial<ObjectMeta> & { readonly name: string },
  origin: WrittenAt | undefined,
): ObjectMeta {
  const members = origin === undefined ? [...META_MEMBERS, ...SERVER_MEMBERS] : META_MEMBERS;
  return {
    name: meta.name,
    namespace: meta.namespace ?? DEFAULT_NAMESPACE,
    ...Object.fromEntries(
      members.filter((name) => meta[name] !== undefined).map((name) => [name, meta[name]]),
    ),
  };
}

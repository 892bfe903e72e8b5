/** What is kept of our own kinds, and of the Secrets and ConfigMaps that sources name. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../matching/json.ts';
import * as typed from '../../resources/typed.ts';
import type { ApiBindingStatus, AuthenticationSourceStatus } from '../../resources/types.gen.ts';
import { readMeta } from './meta.ts';
import type { Meta, Ours, StoredBinding, StoredConfigMap, StoredSecret, StoredSource } from './objects.ts';
import { objectAt, textAt } from './read.ts';
import type { Sharing } from './sharing.ts';

const API_VERSION = 'portcullis.dev/v1alpha1';

export function readSource(value: JsonValue, sharing: Sharing): StoredSource | undefined {
  return readOurs<StoredSourceObject, AuthenticationSourceStatus>(
    'AuthenticationSource',
    typed.authenticationSource,
    value,
    sharing,
  );
}

export function readBinding(value: JsonValue, sharing: Sharing): StoredBinding | undefined {
  return readOurs<StoredBindingObject, ApiBindingStatus>('ApiBinding', typed.apiBinding, value, sharing);
}

type ObjectIn<T> = Extract<T, { kind: 'typed' }> extends { readonly object: infer O } ? O : never;
type StoredSourceObject = ObjectIn<StoredSource>;
type StoredBindingObject = ObjectIn<StoredBinding>;

function readOurs<T, S>(
  kind: string,
  check: (value: JsonObject, origin: undefined) => typed.Typed<T>,
  value: JsonValue,
  sharing: Sharing,
): Ours<T, S> | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { status, ...rest } = value;
  const { managedFields: _, ...written } = objectAt(value.metadata);
  // Lists leave out what all their items share.
  const complete: JsonObject = { ...rest, apiVersion: API_VERSION, kind, metadata: written };
  const checked = check(complete, undefined);
  const { generation, deletionTimestamp } = written;
  const kept = {
    metadata: {
      ...metadata,
      generation: typeof generation === 'number' ? generation : 0,
      deleting: textAt(deletionTimestamp) !== undefined,
    },
    // Only ever compared, member by member, with one that was made here.
    status: isJsonObject(status) ? (status as unknown as S) : undefined,
  };
  if (checked.kind === 'typed') return { ...kept, kind: 'typed', object: checked.object };
  return { ...kept, kind: 'refused', findings: checked.findings, written: complete };
}

/** Undefined when it is no Secret of an API server; so its content is as good as not there. */
export function readSecret(value: JsonValue, sharing: Sharing): StoredSecret | undefined {
  return readData(typed.secret, value, sharing);
}

export function readConfigMap(value: JsonValue, sharing: Sharing): StoredConfigMap | undefined {
  return readData(typed.configMap, value, sharing);
}

function readData<T extends { readonly metadata: object }>(
  check: (value: JsonObject, origin: undefined) => typed.Typed<T>,
  value: JsonValue,
  sharing: Sharing,
): (T & { readonly metadata: Meta }) | undefined {
  if (!isJsonObject(value)) return undefined;
  const { managedFields: _, annotations: __, labels: ___, ...written } = objectAt(value.metadata);
  const metadata = readMeta(value, sharing);
  const checked = check({ ...value, metadata: written }, undefined);
  if (checked.kind !== 'typed' || metadata === undefined) return undefined;
  return { ...checked.object, metadata: { ...checked.object.metadata, ...metadata } };
}

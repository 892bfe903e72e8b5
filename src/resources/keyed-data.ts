/** The values of Secrets and ConfigMaps, decoded. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { isJsonObject } from '../base/json.ts';
import type { SchemaProblem } from './structure.ts';

export interface KeyedData {
  readonly data: ReadonlyMap<string, Uint8Array>;
  readonly problems: readonly SchemaProblem[];
}

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A Secret's `data` is base64, its `stringData` text; of a key in both, the text counts, as in Kubernetes. */
export function secretData(secret: JsonObject): KeyedData {
  return decode(secret, 'data', 'stringData');
}

/** A ConfigMap's `binaryData` is base64, its `data` text. */
export function configMapData(configMap: JsonObject): KeyedData {
  return decode(configMap, 'binaryData', 'data');
}

/** Problems name the key and never show the value. */
function decode(object: JsonObject, base64Field: string, textField: string): KeyedData {
  const data = new Map<string, Uint8Array>();
  const problems: SchemaProblem[] = [];
  for (const [key, value] of members(object[base64Field])) {
    const bytes = fromBase64(value);
    if (bytes) data.set(key, bytes);
    else problems.push(notBase64(base64Field, textField, key));
  }
  for (const [key, value] of members(object[textField])) data.set(key, new TextEncoder().encode(value));
  for (const field of [base64Field, textField]) {
    for (const [key] of members(object[field])) {
      if (!KEY.test(key)) problems.push(badKey(field, key));
    }
  }
  return { data, problems };
}

function members(value: JsonValue | undefined): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === 'string' ? [[key, member] as const] : [],
  );
}

/** Padded, standard alphabet; line breaks are passed over, as Kubernetes does. */
function fromBase64(text: string): Uint8Array | undefined {
  const compact = text.replaceAll(/[\r\n]/g, '');
  return BASE64.test(compact) ? new Uint8Array(Buffer.from(compact, 'base64')) : undefined;
}

function notBase64(field: string, textField: string, key: string): SchemaProblem {
  return {
    path: [field, key],
    message: 'the value is not base64',
    remedy: `encode it (base64 -w0), or write it as text under ${textField}`,
  };
}

function badKey(field: string, key: string): SchemaProblem {
  return {
    path: [field, key],
    message: 'no key can have this name',
    remedy: 'use letters, digits, -, _ and .',
  };
}

/**
 * Fills in a schema's defaults, as the API server does. A null is not an absent field here: `audiences:` with
 * nothing behind it would switch off a check, and is refused.
 */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Schema } from './schema.ts';

/** The value with every default below it; what is not of the schema's shape stays as it is. */
export function withDefaults(schema: Schema, value: JsonValue): JsonValue {
  if (schema.type === 'array' && Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item: JsonValue) => withDefaults(items, item)) : value;
  }
  return schema.type === 'object' && isJsonObject(value) ? objectWithDefaults(schema, value) : value;
}

function objectWithDefaults(schema: Schema, value: JsonObject): JsonObject {
  const { properties = {}, additionalProperties } = schema;
  const members = new Map<string, JsonValue>();
  for (const [name, member] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    members.set(name, property ? withDefaults(property, member) : member);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property.default === undefined || members.has(name)) continue;
    members.set(name, withDefaults(property, property.default));
  }
  return Object.fromEntries(members);
}

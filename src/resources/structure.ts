/** Checks a value against the structural part of a schema: types, limits, unknown fields. As strict as `kubectl apply`. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { FieldPath } from './fields.ts';
import { type PatternWords, patternWords } from './pattern-words.ts';
import type { Schema } from './schema.ts';
import { nearest } from './suggestions.ts';

/** What breaks a schema, and where. Messages never quote a value but those of enumerations. */
export interface SchemaProblem {
  readonly path: FieldPath;
  readonly message: string;
  /** Undefined where the message says it already. */
  readonly remedy: string | undefined;
}

/** Every structural problem, in the order of the value; empty when it fits. */
export function structuralProblems(
  schema: Schema,
  value: JsonValue,
  path: FieldPath,
): readonly SchemaProblem[] {
  if (value === null && schema.nullable === true) return [];
  const type = typeName(value);
  switch (schema.type) {
    case 'object':
      return isJsonObject(value)
        ? objectProblems(schema, value, path)
        : [wrongType(objectWith(schema), type, path)];
    case 'array':
      return Array.isArray(value) ? listProblems(schema, value, path) : [noList(schema, value, path)];
    case 'string':
      return typeof value === 'string' ? stringProblems(schema, value, path) : [noString(schema, type, path)];
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value)
        ? integerProblems(schema, value, path)
        : [wrongType('a whole number', type, path)];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType('true or false', type, path)];
  }
}

/** Of one object so many are named: each is compared with all the fields that it might have meant. */
const MOST_UNKNOWN = 50;

function objectProblems(schema: Schema, value: JsonObject, path: FieldPath): readonly SchemaProblem[] {
  const { properties = {}, additionalProperties, required = [], maxProperties } = schema;
  const names = Object.keys(value);
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  // Whoever misspelt one hears of that alone.
  const misspelt = new Set(
    names
      .slice(0, missing.length === 0 ? 0 : MOST_UNKNOWN)
      .map((name) => (Object.hasOwn(properties, name) ? undefined : nearest(name, missing))),
  );
  const problems: SchemaProblem[] = missing
    .filter((name) => !misspelt.has(name))
    .map((name) => ({
      path: [...path, name],
      message: `${name} is required`,
      remedy: 'add it',
    }));
  if (maxProperties !== undefined && names.length > maxProperties) {
    // As with lists: whatever else is wrong with them, they are not looked at one by one.
    return [...problems, tooMany(`at most ${maxProperties} members`, names.length, path)];
  }
  let unknown = 0;
  for (const [name, member] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (property) problems.push(...structuralProblems(property, member, [...path, name]));
    else if (!schema['x-kubernetes-preserve-unknown-fields']) {
      unknown += 1;
      if (unknown <= MOST_UNKNOWN) problems.push(unknownField(name, properties, value, path));
    }
  }
  if (unknown > MOST_UNKNOWN) {
    const message = `there are ${unknown - MOST_UNKNOWN} more unknown fields`;
    problems.push({ path, message, remedy: 'take them away' });
  }
  return problems;
}

function unknownField(
  name: string,
  properties: Readonly<Record<string, Schema>>,
  value: JsonObject,
  path: FieldPath,
): SchemaProblem {
  const known = Object.keys(properties);
  const missing = known.filter((candidate) => !Object.hasOwn(value, candidate));
  const meant = nearest(name, missing) ?? onlyPlaceBelow(name, properties);
  return {
    path: [...path, name],
    message: `unknown field ${JSON.stringify(name)}`,
    remedy: meant === undefined ? `the fields here are ${known.join(', ')}` : `did you mean ${meant}?`,
  };
}

/** The one field, if it is one alone, in which such a member can stand. */
function onlyPlaceBelow(name: string, properties: Readonly<Record<string, Schema>>): string | undefined {
  const places = Object.entries(properties).flatMap(([field, schema]) => {
    const { properties: members = {} } = schema.items ?? schema;
    return Object.hasOwn(members, name) ? [`${field}${schema.items ? '[]' : ''}.${name}`] : [];
  });
  return places.length === 1 ? places[0] : undefined;
}

function listProblems(
  schema: Schema,
  value: readonly JsonValue[],
  path: FieldPath,
): readonly SchemaProblem[] {
  const { minItems, maxItems, items } = schema;
  if (maxItems !== undefined && value.length > maxItems) {
    return [tooMany(`at most ${maxItems} items`, value.length, path)];
  }
  const problems = items
    ? value.flatMap((item, index) => structuralProblems(items, item, [...path, index]))
    : [];
  if (minItems === undefined || value.length >= minItems) return problems;
  return [{ path, message: 'the list is empty', remedy: `name at least ${minItems}, or leave it out` }];
}

function stringProblems(schema: Schema, value: string, path: FieldPath): readonly SchemaProblem[] {
  const { enum: allowed, minLength, maxLength, pattern, format } = schema;
  if (allowed && !allowed.includes(value)) {
    const meant = nearest(value, allowed);
    const choice = `write one of ${allowed.map((word) => word || '""').join(', ')}`;
    return [
      {
        path,
        message: `${JSON.stringify(value.slice(0, 64))} is not known here`,
        remedy: meant === undefined ? choice : `did you mean ${meant}? Otherwise ${choice}`,
      },
    ];
  }
  const length = [...value].length; // As Kubernetes counts: code points.
  if (maxLength !== undefined && length > maxLength) {
    return [tooMany(`at most ${maxLength} characters`, length, path)];
  }
  if (minLength !== undefined && length < minLength) {
    return [{ path, message: 'the text is empty', remedy: 'write something, or leave it out' }];
  }
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) {
    return [{ path, ...(patternWords(pattern) ?? unknownPattern(pattern)) }];
  }
  if (format === 'date-time' && !isDateTime(value)) {
    return [{ path, message: 'this is no time', remedy: 'write it as 2026-01-31T12:00:00Z' }];
  }
  return [];
}

const unknownPattern = (pattern: string): PatternWords => ({
  message: 'the text has characters that are not allowed here',
  remedy: `it must match ${pattern}`,
});

function integerProblems(schema: Schema, value: number, path: FieldPath): readonly SchemaProblem[] {
  const {
    minimum = Number.MIN_SAFE_INTEGER,
    maximum = schema.format === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER,
  } = schema;
  if (value >= minimum && value <= maximum) return [];
  return [
    { path, message: `the number is not between ${minimum} and ${maximum}`, remedy: 'write one that is' },
  ];
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

const isDateTime = (text: string): boolean => RFC3339.test(text) && !Number.isNaN(Date.parse(text));

function tooMany(limit: string, count: number, path: FieldPath): SchemaProblem {
  return { path, message: `only ${limit} are taken, and there are ${count}`, remedy: 'take some away' };
}

/** Names the object: authors of a list of names seldom know what stands in its items. */
function objectWith({ properties = {}, required = [] }: Schema): string {
  const others = Object.keys(properties).filter((name) => !required.includes(name));
  const members = [required.join(', '), others.length === 0 ? '' : `where needed, ${others.join(', ')}`];
  const listed = members.filter(Boolean).join(' and, ');
  if (listed === '') return 'an object';
  return required.length > 0 ? `an object with ${listed}` : `an object with, ${listed}`;
}

/** The remedy of text that is written wrongly helps here, too: `900` is no duration by quotes alone. */
function noString({ enum: allowed, pattern }: Schema, actual: string, path: FieldPath): SchemaProblem {
  const wrong = wrongType('a string', actual, path);
  const known = pattern === undefined ? undefined : patternWords(pattern);
  if (actual === 'a number' && known !== undefined) return { ...wrong, remedy: known.remedy };
  return allowed === undefined || actual === 'empty (null)'
    ? wrong
    : { ...wrong, remedy: `write one of ${allowed.map((word) => word || '""').join(', ')}` };
}

function noList({ items }: Schema, value: JsonValue, path: FieldPath): SchemaProblem {
  const wrong = wrongType('a list', typeName(value), path);
  return items?.type === 'string' && typeof value === 'string' && value.length <= MOST_QUOTED
    ? { ...wrong, remedy: `write [${JSON.stringify(value)}]` }
    : wrong;
}

const MOST_QUOTED = 64;

function wrongType(expected: string, actual: string, path: FieldPath): SchemaProblem {
  const quote = expected === 'a string' && /number|true or false/.test(actual);
  return {
    path,
    message: `this must be ${expected.replace(/ with.*/, '')}, but is ${actual}`,
    remedy: quote
      ? 'put it in quotes'
      : actual === 'empty (null)'
        ? 'give it a value, or leave it out'
        : `write ${expected}`,
  };
}

function typeName(value: JsonValue): string {
  if (value === null) return 'empty (null)';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'an object';
  }
}

/** What is known of a value before there is one: enough to refuse at load what could only ever fail. */

import type { ValueKind } from './values.ts';

export interface StaticType {
  readonly kind: ValueKind | 'dyn';
  /** Of a list's or map's members, where they are all alike. */
  readonly element?: StaticType;
  /** Of a map's keys, where they are all alike. */
  readonly key?: StaticType;
  /** Of a map whose keys are all in lower case. */
  readonly lowerCase?: true;
  /** Of a map that has these members and no others. */
  readonly fields?: ReadonlyMap<string, StaticType>;
}

export const DYN: StaticType = { kind: 'dyn' };
export const BOOL: StaticType = { kind: 'bool' };
export const INT: StaticType = { kind: 'int' };
export const DOUBLE: StaticType = { kind: 'double' };
export const STRING: StaticType = { kind: 'string' };
export const NULL: StaticType = { kind: 'null_type' };
export const TYPE_TYPE: StaticType = { kind: 'type' };
export const LIST: StaticType = { kind: 'list' };
export const STRINGS: StaticType = { kind: 'list', element: STRING };
/** Any JSON object. */
export const OBJECT: StaticType = { kind: 'map', key: STRING };
export const STRING_MAP: StaticType = { kind: 'map', key: STRING, element: STRING };
/** Headers, by name. */
export const HEADERS: StaticType = { kind: 'map', key: STRING, element: STRING, lowerCase: true };

/** Whether a value of this type may turn out to be of that kind. */
export function mayBe(type: StaticType, kind: ValueKind): boolean {
  return type.kind === kind || type.kind === 'dyn';
}

/** Whether `==` between the two can ever be true; numbers compare across their kinds. */
export function mayEqual(a: StaticType, b: StaticType): boolean {
  if (a.kind === 'dyn' || b.kind === 'dyn') return true;
  return a.kind === b.kind || (isNumeric(a) && isNumeric(b));
}

function isNumeric(type: StaticType): boolean {
  return type.kind === 'int' || type.kind === 'double';
}

/** The type of a value that is of one of these. */
export function union(types: readonly StaticType[]): StaticType {
  const [first, ...rest] = types;
  if (first === undefined || rest.some((type) => type.kind !== first.kind)) return DYN;
  return rest.every((type) => type === first) ? first : { kind: first.kind };
}

/** Why a map of this type can never have that key; undefined if it may. */
export function keyProblem(type: StaticType, key: string): string | undefined {
  const { fields } = type;
  if (fields !== undefined && !fields.has(key)) {
    return `there is no member "${key}": it has ${[...fields.keys()].join(', ')}`;
  }
  const lower = key.toLowerCase();
  return type.lowerCase && key !== lower ? `its names are in lower case: write "${lower}"` : undefined;
}

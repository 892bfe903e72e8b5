/** Claim names: how `realm_access.roles` or `https://x.com/roles` find their value in a token's claims. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

export interface ClaimReader {
  /** Reads one claim; undefined when the token does not have it. A JSON null is present, and is null. */
  (claims: JsonObject): JsonValue | undefined;
  /** True where the path ends at a value without members, such as a list: what is in it is not read. */
  readonly isCutOff: (claims: JsonObject) => boolean;
}

/**
 * Prepares the reader of one claim name.
 *
 * A claim of exactly that name wins (`cognito:groups`, `https://x.com/roles`). Else the name is a path
 * through objects: members joined by dots, or quoted in brackets where their own name holds a dot
 * (`resource_access['my.client'].roles`). Arrays are values, never part of a path. Only what the token
 * itself holds is ever found: `constructor` and its like are absent.
 */
export function claimReader(name: string): ClaimReader {
  const path = parsePath(name);
  if (path === undefined) {
    return Object.assign((claims: JsonObject) => member(claims, name), { isCutOff: () => false });
  }
  const read = (claims: JsonObject) => (Object.hasOwn(claims, name) ? claims[name] : follow(claims, path));
  const isCutOff = (claims: JsonObject) => !Object.hasOwn(claims, name) && endsEarly(claims, path);
  return Object.assign(read, { isCutOff });
}

const MEMBERS = '.*';

/** The name without the `.*` that asks for the names of an object's members; the name itself where it does not. */
export function withoutMembers(name: string): string {
  return name.length > MEMBERS.length && name.endsWith(MEMBERS) ? name.slice(0, -MEMBERS.length) : name;
}

/**
 * As `claimReader`; a name that ends in `.*` reads the names of an object's members, as Zitadel lists roles. A member
 * that is null or false is none. Anything but an object has no members to be read.
 */
export function rolesReader(name: string): ClaimReader {
  const plain = withoutMembers(name);
  if (plain === name) return claimReader(name);
  const whole = claimReader(plain);
  const read = (claims: JsonObject) =>
    Object.hasOwn(claims, name) ? claims[name] : memberNames(whole(claims));
  const isCutOff = (claims: JsonObject) => {
    if (Object.hasOwn(claims, name)) return false;
    const value = whole(claims);
    return value === undefined ? whole.isCutOff(claims) : value !== null && !isJsonObject(value);
  };
  return Object.assign(read, { isCutOff });
}

function memberNames(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return value === null ? null : undefined;
  return Object.keys(value).filter((member) => value[member] !== null && value[member] !== false);
}

function endsEarly(claims: JsonObject, path: readonly string[]): boolean {
  let value: JsonValue | undefined = claims;
  for (const segment of path) {
    if (!isJsonObject(value)) return value !== undefined && value !== null;
    value = member(value, segment);
  }
  return false;
}

function follow(claims: JsonObject, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = claims;
  for (const segment of path) {
    if (!isJsonObject(value)) return undefined;
    value = member(value, segment);
  }
  return value;
}

function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A dotted member, a quoted one, or (to be refused) the end of what can be read. */
const SEGMENT = /(?:^|\.)([^.[\]'"]+)|\[(?:'((?:[^'\\]|\\['"\\])+)'|"((?:[^"\\]|\\['"\\])+)")\]/y;
const ESCAPED = /\\(.)/g;

/** The path's members; undefined when the name is no path of more than one. */
function parsePath(name: string): readonly string[] | undefined {
  const path: string[] = [];
  SEGMENT.lastIndex = 0;
  let end = 0;
  while (end < name.length) {
    const match = SEGMENT.exec(name);
    if (match === null) return undefined;
    end = SEGMENT.lastIndex;
    path.push(match[1] ?? (match[2] ?? match[3] ?? '').replaceAll(ESCAPED, '$1'));
  }
  const quotedAlone = path.length === 1 && name.startsWith('[');
  return path.length > 1 || quotedAlone ? path : undefined;
}

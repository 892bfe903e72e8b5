/** The JSON patch (RFC 6902) that makes one object of another, with as few and as small operations as are needed. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt } from '../base/members.ts';
import { sameJson } from './members.ts';

export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };

/** Empty where the two are the same. */
export function jsonPatch(before: JsonValue, after: JsonValue): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  compare(before, after, '', operations);
  return operations;
}

function compare(before: JsonValue, after: JsonValue, path: string, into: PatchOperation[]): void {
  if (sameJson(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(listAt(before), listAt(after), path, into);
  else if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, into);
  else into.push({ op: 'replace', path, value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, into: PatchOperation[]): void {
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) into.push({ op: 'remove', path: step(path, name) });
  }
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (old === undefined) into.push({ op: 'add', path: step(path, name), value });
    else compare(old, value, step(path, name), into);
  }
}

/** Goes along both lists: an item that has its match is changed in place, the rest comes and goes around it. */
function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: string,
  into: PatchOperation[],
): void {
  const found = matches(before, after);
  if (found === 'tooMany') {
    into.push({ op: 'replace', path, value: after });
    return;
  }
  let place = 0;
  let taken = 0;
  let put = 0;
  const upTo = (end: number, newEnd: number): void => {
    for (; taken < end; taken += 1) into.push({ op: 'remove', path: step(path, place) });
    for (const value of after.slice(put, newEnd)) {
      into.push({ op: 'add', path: step(path, place), value });
      place += 1;
    }
    put = newEnd;
  };
  for (const { old, item, index, newIndex } of found) {
    upTo(index, newIndex);
    compare(old, item, step(path, place), into);
    place += 1;
    taken += 1;
    put += 1;
  }
  upTo(before.length, after.length);
}

interface Match {
  readonly old: JsonValue;
  readonly item: JsonValue;
  readonly index: number;
  readonly newIndex: number;
}

/** What comes and goes in the middle of two lists is looked for only so far: a pod's author chooses their length. */
const MOST_PAIRS = 250_000;

/** The longest sequence of items that are in both lists in this order; by name where they have one. */
function matches(before: readonly JsonValue[], after: readonly JsonValue[]): readonly Match[] | 'tooMany' {
  const shorter = Math.min(before.length, after.length);
  const isSame = (index: number, newIndex: number): boolean => {
    const [old, item] = [before[index], after[newIndex]];
    return old !== undefined && item !== undefined && isMatch(old, item);
  };
  let head = 0;
  while (head < shorter && isSame(head, head)) head += 1;
  let tail = 0;
  while (tail < shorter - head && isSame(before.length - 1 - tail, after.length - 1 - tail)) tail += 1;
  const [end, newEnd] = [before.length - tail, after.length - tail];
  if ((end - head) * (newEnd - head) > MOST_PAIRS) return 'tooMany';
  return [
    ...pairUp(before.slice(0, head), after.slice(0, head), 0, 0),
    ...longestMatch(before.slice(head, end), after.slice(head, newEnd), head),
    ...pairUp(before.slice(end), after.slice(newEnd), end, newEnd),
  ];
}

const pairUp = (
  olds: readonly JsonValue[],
  items: readonly JsonValue[],
  start: number,
  newStart: number,
): readonly Match[] =>
  olds.flatMap((old, offset) => {
    const item = items[offset];
    return item === undefined ? [] : [{ old, item, index: start + offset, newIndex: newStart + offset }];
  });

/** @param start of both, in the lists that they are taken from. */
function longestMatch(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  start: number,
): readonly Match[] {
  /** How many can be matched from these two places on. */
  const best = before.map(() => new Array<number>(after.length + 1).fill(0));
  const bestAt = (index: number, newIndex: number): number => best[index]?.[newIndex] ?? 0;
  for (const [index, old] of [...before.entries()].reverse()) {
    for (const [newIndex, item] of [...after.entries()].reverse()) {
      const row = best[index];
      if (row === undefined) continue;
      row[newIndex] = isMatch(old, item)
        ? bestAt(index + 1, newIndex + 1) + 1
        : Math.max(bestAt(index + 1, newIndex), bestAt(index, newIndex + 1));
    }
  }
  const found: Match[] = [];
  let index = 0;
  let newIndex = 0;
  while (index < before.length && newIndex < after.length) {
    const [old, item] = [before[index], after[newIndex]];
    if (old !== undefined && item !== undefined && isMatch(old, item)) {
      found.push({ old, item, index: start + index, newIndex: start + newIndex });
      index += 1;
      newIndex += 1;
    } else if (bestAt(index + 1, newIndex) >= bestAt(index, newIndex + 1)) index += 1;
    else newIndex += 1;
  }
  return found;
}

function isMatch(a: JsonValue, b: JsonValue): boolean {
  const [name, other] = [nameOf(a), nameOf(b)];
  return name === undefined && other === undefined ? sameJson(a, b) : name === other;
}

function nameOf(item: JsonValue): string | undefined {
  return isJsonObject(item) && typeof item.name === 'string' ? item.name : undefined;
}

const step = (path: string, part: string | number): string =>
  `${path}/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Where nodes of YAML stand in their text, and items of a list in another list. */

import { type CST, isMap, isSeq, type Node, type Pair } from 'yaml';
import { isJsonObject, type JsonValue } from '../matching/json.ts';

/** Where the dash of each item stands. */
export const dashesOf = ({ items }: CST.BlockSequence): readonly number[] =>
  items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  );

export const beginOf = (node: Node): number => node.range?.[0] ?? 0;

/** Without the comments and empty lines after it. */
export function endOf(node: Node | null, otherwise: number): number {
  if (isMap<Node, Node | null>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? otherwise : endOfPair(last);
  }
  if (isSeq<Node | null>(node) && node.flow !== true) {
    return endOf(node.items.at(-1) ?? null, node.range?.[1] ?? otherwise);
  }
  return node?.range?.[1] ?? otherwise;
}

export const endOfPair = ({ key, value }: Pair<Node, Node | null>): number =>
  endOf(value, key.range?.[1] ?? 0);

/** Of each item that is there its place in the wanted list; undefined where some would have to change places. */
export function placesOf(
  value: readonly JsonValue[],
  wanted: readonly JsonValue[],
): readonly (number | undefined)[] | undefined {
  const [names, wantedNames] = [value.map(nameOf), wanted.map(nameOf)];
  const isClear = [names, wantedNames].every((all) => new Set(all).size === all.length);
  if (!isClear) return value.length === wanted.length ? value.map((_, index) => index) : undefined;
  const places = new Map(wantedNames.map((name, index) => [name, index]));
  const found = names.map((name) => places.get(name));
  const kept = found.filter((place) => place !== undefined);
  if (kept.some((place, index) => index > 0 && place <= (kept[index - 1] ?? 0))) return undefined;
  if (kept.length > 0) return found;
  // With nothing left of it there is no place for what is new.
  return value.length === wanted.length ? value.map((_, index) => index) : undefined;
}

/** Equal for two states of one item: containers, volumes and variables have unique names, ports unique numbers. */
function nameOf(item: JsonValue): string {
  if (!isJsonObject(item)) return JSON.stringify(item);
  const { name, containerPort } = item;
  return JSON.stringify(
    containerPort === undefined ? (name ?? item) : [containerPort, item.protocol ?? 'TCP'],
  );
}

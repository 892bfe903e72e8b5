/** Where nodes of YAML stand in their text, and items of a list in another list. */

import { type CST, isMap, isSeq, type Node, type Pair } from 'yaml';
import { isJsonObject, type JsonValue } from '../base/json.ts';

/** The items of a list, and where the dash of each stands; none where they do not all have one. */
export function dashedItems(
  items: readonly (Node | null)[],
  { items: tokens }: CST.BlockSequence,
): readonly { readonly item: Node | null; readonly dash: number }[] {
  const dashes = tokens.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  );
  return dashes.length === items.length
    ? items.map((item, index) => ({ item, dash: dashes[index] ?? 0 }))
    : [];
}

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

/** Equal for two states of one item: of a pod its name or the number of its port, of a list the kind and name of the object. */
function nameOf(item: JsonValue): string {
  if (!isJsonObject(item)) return JSON.stringify(item);
  const { name, containerPort, kind, metadata } = item;
  if (containerPort !== undefined) return JSON.stringify([containerPort, item.protocol ?? 'TCP']);
  if (isJsonObject(metadata)) return JSON.stringify([kind, metadata.namespace, metadata.name]);
  return JSON.stringify(name ?? item);
}

/** Changes a YAML document where its value changes, and leaves every other byte of it as it was written. */

import {
  type CST,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { sameJson } from '../injection/members.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import { listAt } from '../matching/members.ts';
import { readYaml } from '../resources/yaml.ts';
import { renderYaml } from './yaml-output.ts';

interface Edit {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

/** undefined where the place is written in a way that is not changed in parts. */
type Edits = readonly Edit[] | undefined;

/**
 * The text with the value `wanted`; undefined where the change cannot be made in parts: then the caller writes the whole document anew.
 *
 * @param text of one document, as `readYaml` says where it stands.
 * @param value what it says now.
 */
export function editYaml(text: string, value: JsonValue, wanted: JsonValue): string | undefined {
  const { contents, errors } = parseDocument(text, {
    ...{ keepSourceTokens: true, prettyErrors: false, uniqueKeys: false },
  });
  if (errors.length > 0 || contents === null) return undefined;
  const edits = new Editor(text).value(contents, value, wanted);
  if (edits === undefined) return undefined;
  const edited = apply(text, edits);
  // Whatever was overlooked here is seen there.
  const [read, ...others] = readYaml('', edited).documents;
  return read !== undefined && others.length === 0 && sameJson(read.value, wanted) ? edited : undefined;
}

/** One after another: of two at one place the first stands first. */
function apply(text: string, edits: readonly Edit[]): string {
  const breaks = text.includes('\r\n') ? '\r\n' : '\n';
  let result = '';
  let at = 0;
  for (const { begin, end, text: inserted } of edits.toSorted((a, b) => a.begin - b.begin)) {
    result += text.slice(at, Math.max(at, begin)) + inserted.replaceAll('\n', breaks);
    at = Math.max(at, end);
  }
  return result + text.slice(at);
}

class Editor {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(node: Node | null, value: JsonValue, wanted: JsonValue): Edits {
    if (isMap<Node, Node | null>(node) && node.flow !== true && isJsonObject(value) && isJsonObject(wanted)) {
      return this.#map(node, value, wanted);
    }
    if (isSeq<Node | null>(node) && node.flow !== true && Array.isArray(value) && Array.isArray(wanted)) {
      return this.#seq(node, listAt(value), listAt(wanted));
    }
    return undefined;
  }

  #map({ items }: YAMLMap<Node, Node | null>, value: JsonObject, wanted: JsonObject): Edits {
    const [first] = items;
    const names = items.map(({ key }) => (isScalar(key) ? (key.source ?? '') : ''));
    const isPlain =
      new Set(names).size === names.length && Object.keys(value).every((name) => names.includes(name));
    if (first === undefined || !isPlain || Object.keys(wanted).length === 0) return undefined;
    const indent = this.#column(beginOf(first.key));
    const edits: Edit[] = [];
    for (const [index, pair] of items.entries()) {
      const name = names[index] ?? '';
      const next = wanted[name];
      if (sameJson(value[name], next)) continue;
      const found =
        next === undefined
          ? this.#withoutPair(items, index)
          : (this.value(pair.value, value[name] ?? null, next) ?? this.#newPair(pair, name, next, indent));
      if (found === undefined) return undefined;
      edits.push(...found);
    }
    const added = Object.entries(wanted).filter(([name]) => !names.includes(name));
    if (added.length === 0) return edits;
    const end = this.#nextLine(endOfPair(items.at(-1) ?? first));
    return [...edits, this.#lines(end, indented(renderYaml(Object.fromEntries(added)), indent))];
  }

  #newPair(pair: Pair<Node, Node | null>, name: string, wanted: JsonValue, indent: number): Edits {
    const [begin, end] = [beginOf(pair.key), endOfPair(pair)];
    const text = indented(renderYaml({ [name]: wanted }), indent).slice(indent);
    return [{ begin, end, text: this.#isLineStart(end) ? text : text.replace(/\n$/, '') }];
  }

  #withoutPair(items: readonly Pair<Node, Node | null>[], index: number): Edits {
    const pair = items[index];
    if (pair === undefined) return undefined;
    const begin = beginOf(pair.key);
    if (index > 0) return this.#withoutLines(begin, endOfPair(pair));
    const next = items[1];
    return next && [{ begin, end: beginOf(next.key), text: '' }];
  }

  #seq(node: YAMLSeq<Node | null>, value: readonly JsonValue[], wanted: readonly JsonValue[]): Edits {
    const { items, srcToken } = node;
    if (srcToken?.type !== 'block-seq' || wanted.length === 0 || items.length !== value.length)
      return undefined;
    const dashes = dashesOf(srcToken);
    const places = placesOf(value, wanted);
    const [firstDash] = dashes;
    if (places === undefined || firstDash === undefined || dashes.length !== items.length) return undefined;
    const indent = this.#column(firstDash);
    const render = (from: number, to: number): string => indented(renderYaml(wanted.slice(from, to)), indent);
    const edits: Edit[] = [];
    let written = 0;
    for (const [index, item] of items.entries()) {
      const dash = dashes[index] ?? 0;
      const place = places[index];
      if (place === undefined) {
        const gone = this.#withoutLines(dash, endOf(item, dash + 1));
        if (gone === undefined) return undefined;
        edits.push(...gone);
        continue;
      }
      const added = place > written ? this.#linesBefore(dash, render(written, place)) : [];
      written = place + 1;
      const changed = this.#item(
        item,
        [value[index] ?? null, wanted[place] ?? null],
        dash,
        render(place, place + 1),
      );
      if (added === undefined) return undefined;
      edits.push(...added, ...changed);
    }
    if (written === wanted.length) return edits;
    const end = this.#nextLine(endOf(items.at(-1) ?? null, (dashes.at(-1) ?? 0) + 1));
    return [...edits, this.#lines(end, render(written, wanted.length))];
  }

  #item(
    item: Node | null,
    [value, wanted]: readonly [JsonValue, JsonValue],
    begin: number,
    rendered: string,
  ): readonly Edit[] {
    if (sameJson(value, wanted)) return [];
    const edits = this.value(item, value, wanted);
    if (edits !== undefined) return edits;
    const end = endOf(item, begin + 1);
    const text = rendered.trimStart();
    return [{ begin, end, text: this.#isLineStart(end) ? text : text.replace(/\n$/, '') }];
  }

  /** Whole lines of it, if it begins one. */
  #withoutLines(from: number, to: number): Edits {
    const begin = from - this.#column(from);
    return this.#text.slice(begin, from).trim() === ''
      ? [{ begin, end: this.#nextLine(to), text: '' }]
      : undefined;
  }

  /** Above its line, and the comments above that. */
  #linesBefore(offset: number, text: string): Edits {
    let begin = offset - this.#column(offset);
    if (this.#text.slice(begin, offset).trim() !== '') return undefined;
    for (;;) {
      const before = this.#text.lastIndexOf('\n', begin - 2) + 1;
      if (before >= begin || !/^[ \t]*#/.test(this.#text.slice(before, begin))) break;
      begin = before;
    }
    return [this.#lines(begin, text)];
  }

  #lines(at: number, text: string): Edit {
    return { begin: at, end: at, text: this.#isLineStart(at) ? text : `\n${text.replace(/\n$/, '')}` };
  }

  #column(offset: number): number {
    return offset - (this.#text.lastIndexOf('\n', offset - 1) + 1);
  }

  #isLineStart(offset: number): boolean {
    return offset === 0 || this.#text[offset - 1] === '\n';
  }

  #nextLine(offset: number): number {
    if (this.#isLineStart(offset)) return offset;
    const end = this.#text.indexOf('\n', offset);
    return end === -1 ? this.#text.length : end + 1;
  }
}

const dashesOf = ({ items }: CST.BlockSequence): readonly number[] =>
  items.flatMap(({ start }) =>
    start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset),
  );

const beginOf = (node: Node): number => node.range?.[0] ?? 0;

function endOf(node: Node | null, otherwise: number): number {
  if (isMap<Node, Node | null>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? otherwise : endOfPair(last);
  }
  if (isSeq<Node | null>(node) && node.flow !== true) {
    return endOf(node.items.at(-1) ?? null, node.range?.[1] ?? otherwise);
  }
  return node?.range?.[1] ?? otherwise;
}

const endOfPair = ({ key, value }: Pair<Node, Node | null>): number => endOf(value, key.range?.[1] ?? 0);

/** Of each item that is there its place in the wanted list; undefined where some would have to change places. */
function placesOf(
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

const indented = (text: string, indent: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(indent));

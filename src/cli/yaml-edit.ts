/** Changes a YAML document where its value changes, and leaves every other byte of it as it was written. */

import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt } from '../base/members.ts';
import { sameJson } from '../injection/members.ts';
import { readYaml } from '../resources/yaml.ts';
import { renderYaml } from './yaml-output.ts';
import { beginOf, dashedItems, endOf, endOfPair, placesOf } from './yaml-places.ts';
import { writtenScalar } from './yaml-scalar.ts';

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
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
  });
  if (errors.length > 0 || contents === null) return undefined;
  const edits = new Editor(text).value(contents, value, wanted);
  if (edits === undefined) return undefined;
  const edited = endedAs(text, apply(text, edits));
  // Whatever was overlooked here is seen there.
  const [read, ...others] = readYaml('', edited).documents;
  return read !== undefined && others.length === 0 && sameJson(read.value, wanted) ? edited : undefined;
}

/** Without a line end after what was the last line, where it had none. */
const endedAs = (text: string, edited: string): string =>
  text.endsWith('\n') ? edited : edited.replace(/\r?\n$/, '');

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
    const text =
      isScalar(node) && node.tag === undefined ? writtenScalar(node.type, value, wanted) : undefined;
    const [begin, end] = node?.range ?? [];
    return text === undefined || begin === undefined || end === undefined
      ? undefined
      : [{ begin, end, text }];
  }

  #map({ items }: YAMLMap<Node, Node | null>, value: JsonObject, wanted: JsonObject): Edits {
    const [first] = items;
    const names = items.map(({ key }) => (isScalar(key) ? (key.source ?? '') : ''));
    const isPlain =
      new Set(names).size === names.length && Object.keys(value).every((name) => names.includes(name));
    const added = Object.entries(wanted).filter(([name]) => !names.includes(name));
    const removed = names.filter((name) => value[name] !== undefined && wanted[name] === undefined);
    // Of what is null the value does not know.
    if (first === undefined || !isPlain || (removed.length === names.length && added.length === 0))
      return undefined;
    // One that comes for one that goes has its place.
    const successor = removed.length === 1 && added.length === 1 ? added.pop() : undefined;
    const indent = this.#column(beginOf(first.key));
    const edits: Edit[] = [];
    for (const [index, pair] of items.entries()) {
      const name = names[index] ?? '';
      const next = wanted[name];
      if (sameJson(value[name], next)) continue;
      const found =
        next === undefined
          ? this.#withoutPair(items, index, successor)
          : (this.value(pair.value, value[name] ?? null, next) ?? this.#newPair(pair, name, next, indent));
      if (found === undefined) return undefined;
      edits.push(...found);
    }
    if (added.length === 0) return edits;
    const end = this.#nextLine(endOfPair(items.at(-1) ?? first));
    return [...edits, this.#lines(end, indented(renderYaml(Object.fromEntries(added)), indent))];
  }

  #newPair(pair: Pair<Node, Node | null>, name: string, wanted: JsonValue, indent: number): Edits {
    const [begin, end] = [beginOf(pair.key), endOfPair(pair)];
    const text = indented(renderYaml({ [name]: wanted }), indent).slice(indent);
    return [{ begin, end, text: this.#isLineStart(end) ? text : text.replace(/\n$/, '') }];
  }

  #withoutPair(
    items: readonly Pair<Node, Node | null>[],
    index: number,
    successor: readonly [name: string, value: JsonValue] | undefined,
  ): Edits {
    const pair = items[index];
    if (pair === undefined) return undefined;
    const begin = beginOf(pair.key);
    if (successor !== undefined) return this.#newPair(pair, ...successor, this.#column(begin));
    if (index > 0) return this.#withoutLines(begin, endOfPair(pair));
    const next = items[1];
    return next && [{ begin, end: beginOf(next.key), text: '' }];
  }

  #seq(node: YAMLSeq<Node | null>, value: readonly JsonValue[], wanted: readonly JsonValue[]): Edits {
    const { items, srcToken } = node;
    if (srcToken?.type !== 'block-seq' || wanted.length === 0) return undefined;
    const rows = dashedItems(items, srcToken);
    const places = placesOf(value, wanted);
    const firstDash = rows[0]?.dash;
    if (places === undefined || firstDash === undefined || rows.length !== value.length) return undefined;
    const indent = this.#column(firstDash);
    const render = (from: number, to: number): string => indented(renderYaml(wanted.slice(from, to)), indent);
    const edits: Edit[] = [];
    let written = 0;
    for (const [index, { item, dash }] of rows.entries()) {
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
    const last = rows.at(-1);
    if (written === wanted.length || last === undefined) return edits;
    const end = this.#nextLine(endOf(last.item, last.dash + 1));
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

const indented = (text: string, indent: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(indent));

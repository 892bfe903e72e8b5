/**
 * Reads objects of others as kubectl does: anchors and merge keys are expanded, words mean what they mean in YAML 1.1,
 * of two members of one name the last counts. Their members that are null are what `null-members.ts` says.
 */

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { JsonValue } from '../base/json.ts';
import type { FieldPath } from './fields.ts';
import { kubernetesScalar } from './kubernetes-scalar.ts';
import { type SettledNulls, settleNulls } from './null-members.ts';

export interface Expansion extends SettledNulls {
  /** Whether text that stands in one place counts in several. */
  readonly hasAnchors: boolean;
  /** False where a number had to be rounded. */
  readonly isExact: boolean;
}

interface Refused {
  readonly node: Node;
  readonly path: FieldPath;
  readonly message: string;
  readonly remedy: string;
}

/** Thrown and caught in this file alone: the first problem ends the document. */
class Refusal {
  readonly refused: Refused;
  constructor(node: Node, path: FieldPath, message: string, remedy: string) {
    this.refused = { node, path, message, remedy };
  }
}

interface Measured {
  readonly value: JsonValue;
  readonly depth: number;
  /** Characters, nearly, as if it were written out. */
  readonly size: number;
}

export interface YamlReadingOptions {
  /** Of an object that is not read here: its value, or undefined where it is none of those. */
  readonly strictly: (node: Node, path: FieldPath) => JsonValue | undefined;

  readonly maxDepth: number;
  /** Characters that aliases may add to a document. */
  readonly maxExpansion: number;
}

export function readAsKubernetes(root: Node, reading: YamlReadingOptions): Expansion | Refused {
  const reader = new Reader(reading);
  try {
    const { value } = reader.measure(root, []);
    const settled = settleNulls(value, (object) => reader.own.has(object));
    return { ...settled, hasAnchors: reader.hasAnchors, isExact: reader.isExact };
  } catch (error) {
    if (error instanceof Refusal) return error.refused;
    throw error;
  }
}

const TAG = 'tag:yaml.org,2002:';

class Reader {
  hasAnchors = false;
  isExact = true;
  /** Objects that are not read here. */
  readonly own = new Set<JsonValue>();
  /** undefined while what the name stands for is not read to its end. */
  readonly #anchors = new Map<string, Measured | undefined>();
  readonly #reading: YamlReadingOptions;
  #expanded = 0;

  constructor(reading: YamlReadingOptions) {
    this.#reading = reading;
  }

  measure(node: Node | null, path: FieldPath): Measured {
    if (node === null) return { value: null, depth: 0, size: 1 };
    this.#checkDepth(node, path, path.length);
    if (isAlias(node)) return this.#alias(node, node.source, path);
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor !== undefined) {
      this.hasAnchors = true;
      this.#anchors.set(anchor, undefined);
    }
    const measured = this.#contents(node, path);
    if (anchor !== undefined) this.#anchors.set(anchor, measured);
    return measured;
  }

  #checkDepth(node: Node, path: FieldPath, depth: number): void {
    if (depth > this.#reading.maxDepth) {
      throw new Refusal(node, path, `values are nested more than ${this.#reading.maxDepth} deep`, TAKE_AWAY);
    }
  }

  #alias(node: Node, name: string, path: FieldPath): Measured {
    this.hasAnchors = true;
    const measured = this.#anchors.get(name);
    if (measured === undefined) {
      throw new Refusal(node, path, 'this alias has no anchor that ends before it', 'write the value out');
    }
    this.#checkDepth(node, path, path.length + measured.depth);
    this.#expanded += measured.size;
    if (this.#expanded > this.#reading.maxExpansion) {
      throw new Refusal(node, path, 'aliases make the document larger than 1.5 MiB', TAKE_AWAY);
    }
    return measured;
  }

  #contents(node: Node, path: FieldPath): Measured {
    if (isScalar(node)) {
      const value = this.#scalar(node, path);
      return { value, depth: 0, size: 1 + (typeof value === 'string' ? value.length : 1) };
    }
    if (isSeq<Node | null>(node)) {
      const items = node.items.map((item, index) => this.measure(item, [...path, index]));
      return { value: items.map(({ value }) => value), ...around(items) };
    }
    if (isMap<Node, Node | null>(node)) {
      const own = isPlaceOfObject(path) ? this.#reading.strictly(node, path) : undefined;
      if (own === undefined) return this.#map(node.items, path);
      this.own.add(own);
      return { value: own, depth: 0, size: 0 };
    }
    throw new Refusal(node, path, 'this kind of value is not taken', 'write it as JSON would');
  }

  #map(pairs: readonly Pair<Node, Node | null>[], path: FieldPath): Measured {
    const members = new Map<string, JsonValue>();
    const parts: Measured[] = [];
    for (const { key, value } of pairs) {
      if (isMergeKey(key)) {
        parts.push(...this.#merge(key, value, members, path));
        continue;
      }
      const name = this.#name(key, path);
      const measured = this.measure(value, [...path, name]);
      parts.push({ ...measured, size: measured.size + name.length });
      members.set(name, measured.value);
    }
    return { value: Object.fromEntries(members), ...around(parts) };
  }

  /** Of several the first wins; against members beside it, what stands later. */
  #merge(
    key: Node,
    value: Node | null,
    members: Map<string, JsonValue>,
    path: FieldPath,
  ): readonly Measured[] {
    this.hasAnchors = true;
    const sources = isSeq<Node | null>(value) ? value.items : [value];
    const measured = sources.map((source) => this.measure(source, path));
    for (const { value: merged } of measured.toReversed()) {
      if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) {
        throw new Refusal(
          value ?? key,
          path,
          'what is merged here is no map',
          'merge maps, or lists of maps',
        );
      }
      for (const [name, member] of Object.entries(merged)) members.set(name, member);
    }
    return measured.map((one) => ({ ...one, depth: one.depth - 1 }));
  }

  #name(key: Node, path: FieldPath): string {
    const { value } = this.measure(key, [...path, '']);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new Refusal(key, path, 'this name is not a string', 'put it in quotes');
  }

  #scalar(node: Scalar, path: FieldPath): JsonValue {
    const { tag, type, source = '' } = node;
    if (tag === undefined) return type === 'PLAIN' ? this.#plain(node, path, source) : source;
    if (tag === `${TAG}binary`) return Buffer.from(source, 'base64').toString('utf8');
    const kinds = tag.startsWith(TAG) ? KINDS[tag.slice(TAG.length)] : undefined;
    // Tags of others say nothing to Kubernetes.
    if (kinds === undefined) return source;
    const value = this.#plain(node, path, source);
    if (value === null ? kinds.includes('null') : kinds.includes(typeof value)) return value;
    throw new Refusal(node, path, 'this value is not what its tag (!…) says', 'write the value without it');
  }

  #plain(node: Scalar, path: FieldPath, source: string): JsonValue {
    const found = kubernetesScalar(source);
    if (found.kind === 'notJson') {
      throw new Refusal(node, path, 'JSON has no such number', 'write another one, or put it in quotes');
    }
    if (!found.isExact) this.isExact = false;
    return found.value;
  }
}

/** Objects stand alone, and in Lists. */
const isPlaceOfObject = (path: FieldPath): boolean => path.length === 0 || path.at(-2) === 'items';

const TAKE_AWAY = 'no manifest needs that; take some away';

const KINDS: Readonly<Record<string, readonly string[]>> = {
  bool: ['boolean'],
  int: ['number'],
  float: ['number'],
  null: ['null'],
};

/** Whether the members of `<<` are to be put in. */
const isMergeKey = (key: Node): boolean =>
  isScalar(key) &&
  key.source === '<<' &&
  (key.tag === undefined ? key.type === 'PLAIN' : key.tag === `${TAG}merge`);

const around = (parts: readonly Measured[]): Pick<Measured, 'depth' | 'size'> => ({
  depth: 1 + parts.reduce((most, { depth }) => Math.max(most, depth), 0),
  size: 2 + parts.reduce((sum, { size }) => sum + size + 1, 0),
});

/** Reads YAML as JSON with positions. What JSON does not have, or readers disagree about, is refused. */

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
} from 'yaml';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { strayMark, withoutMarks } from './byte-order-marks.ts';
import { type FieldPath, formatField } from './fields.ts';
import { type Finding, finding } from './findings.ts';
import { kubernetesScalar } from './kubernetes-scalar.ts';
import { type Expansion, readAsKubernetes } from './kubernetes-yaml.ts';
import { yamlOrigin } from './origin.ts';
import { meansBinding, salvageBinding } from './salvage.ts';
import type { WrittenAt } from './set.ts';
import { MAX_DEPTH, STRAY_MARK, syntaxProblem, TOO_DEEP, type YamlProblem } from './yaml-problems.ts';

/** Bytes, nearly: characters of a file. Ten thousand bindings in one file fit. */
export const MAX_FILE_LENGTH = 16 * 1024 * 1024;
/** Characters of a document; etcd takes no larger object. */
export const MAX_DOCUMENT_LENGTH = 1536 * 1024;

export interface YamlDocument {
  readonly value: JsonValue;
  /** As `kubectl apply` sends it, where that is something else; of objects of others alone. */
  readonly leftOut: JsonValue | undefined;
  /** Whether text that stands in one place counts in several. */
  readonly hasAnchors: boolean;
  /** False where a number had to be rounded; of objects of others alone. */
  readonly isExact: boolean;
  /** Where it begins and ends in the text of the file, from the start of its first line. */
  readonly range: readonly [begin: number, end: number];
  readonly origin: WrittenAt;
}

export interface YamlFile {
  /** Without the empty ones and those with findings. */
  readonly documents: readonly YamlDocument[];
  /** What those with findings say of bindings, as far as can be guessed. */
  readonly salvaged: readonly JsonObject[];
  readonly findings: readonly Finding[];
}

/** `file` is its name, for findings. */
export function readYaml(file: string, written: string): YamlFile {
  if (written.length > MAX_FILE_LENGTH) {
    const origin: WrittenAt = { file, locate: () => ({ line: 1, column: 1 }) };
    return {
      documents: [],
      salvaged: [],
      findings: [unreadable(origin, '', 'the file is larger than 16 MiB', 'split it')],
    };
  }
  const text = withoutMarks(written);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const all = 'empty' in parsed ? [] : parsed;
  const documents: YamlDocument[] = [];
  const salvaged: JsonObject[] = [];
  const findings: Finding[] = [];
  for (const [index, { contents, errors, range }] of all.entries()) {
    const mark = strayMark(text, range[0], all[index + 1]?.range[0] ?? text.length);
    const problems = errors.slice(0, 1).map((error) => syntaxProblem(error, text, contents));
    if (mark !== undefined) problems.splice(0, 1, { offset: mark, ...STRAY_MARK });
    let read: Expansion = NOTHING;
    if (problems.length === 0 && contents !== null) read = readContents(contents, problems);
    for (const { offset, path, message, remedy } of problems) {
      const { line, col } = lines.linePos(offset);
      const origin: WrittenAt = { file, locate: () => ({ line, column: col }) };
      findings.push(unreadable(origin, formatField(path), message, remedy));
    }
    const binding = problems.length > 0 && contents !== null ? salvageBinding(contents) : undefined;
    if (binding !== undefined) salvaged.push(binding);
    if (problems.length > 0 || contents === null || read.value === null) continue;
    const [begin = 0, , end = text.length] = contents.range ?? [];
    const place = [begin - lines.linePos(begin).col + 1, end] as const;
    documents.push({ ...read, range: place, origin: yamlOrigin(file, text, contents, lines) });
  }
  return { documents, salvaged, findings };
}

function unreadable(origin: WrittenAt, field: string, message: string, remedy: string): Finding {
  return finding('Unreadable', { object: undefined, origin, field }, message, remedy);
}

const NOTHING: Expansion = { value: null, leftOut: undefined, hasAnchors: false, isExact: true };

/** The first problem ends the document: what comes after it may only be its consequence. */
function readContents(contents: Node, problems: YamlProblem[]): Expansion {
  const [start = 0, end = 0] = contents.range ?? [];
  if (end - start > MAX_DOCUMENT_LENGTH) {
    problems.push({
      offset: start,
      path: [],
      message: 'the document is larger than 1.5 MiB',
      remedy: 'split it; no API server takes an object of that size',
    });
    return NOTHING;
  }
  if (!isOfOthers(contents)) return { ...NOTHING, value: nodeValue(contents, [], problems) };
  const read = readAsKubernetes(contents, {
    strictly: (node, path) => (isOwn(node) ? nodeValue(node, path, problems) : undefined),
    maxDepth: MAX_DEPTH,
    maxExpansion: MAX_DOCUMENT_LENGTH,
  });
  if ('value' in read) return read;
  const { node, ...problem } = read;
  if (problems.length === 0) problems.push({ offset: node.range?.[0] ?? 0, ...problem });
  return NOTHING;
}

/** An object of Kubernetes that says of itself that it is none of ours. */
const isOfOthers = (node: Node): boolean => wordAt(node, 'kind') !== '' && !isOwn(node);

const isOwn = (node: Node): boolean =>
  /^portcullis\.dev/i.test(wordAt(node, 'apiVersion')) || isOwnKind(wordAt(node, 'kind'));

const isOwnKind = (kind: string): boolean => meansBinding(kind) || /^authentication-?sources?$/i.test(kind);

function wordAt(node: Node, name: string): string {
  if (!isMap<Node, Node | null>(node)) return '';
  const value = node.items.findLast(({ key }) => isScalar(key) && key.source === name)?.value;
  return isScalar(value) && typeof value.value === 'string' ? value.value : '';
}

function nodeValue(node: Node | null, path: FieldPath, problems: YamlProblem[]): JsonValue {
  if (node === null || problems.length > 0) return null;
  const refuse = (message: string, remedy: string): null => {
    problems.push({ offset: node.range?.[0] ?? 0, path, message, remedy });
    return null;
  };
  if (path.length > MAX_DEPTH) return refuse(TOO_DEEP.message, TOO_DEEP.remedy);
  if (isAlias(node) || ('anchor' in node && node.anchor !== undefined)) {
    return refuse(
      'anchors and aliases (& and *) are not taken',
      'write the value out in each place; if it is a text that begins with one of these, put it in quotes',
    );
  }
  if (node.tag !== undefined && !CORE_TAG.test(node.tag)) {
    return refuse('this tag (!…) is not taken', 'write the value without it');
  }
  if (isScalar(node)) return scalarValue(node, refuse);
  if (isSeq<Node | null>(node))
    return node.items.map((item, index) => nodeValue(item, [...path, index], problems));
  if (isMap<Node, Node | null>(node)) return mapValue(node.items, path, problems);
  return refuse('this kind of value is not taken', 'write it as JSON would');
}

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

function mapValue(
  pairs: readonly Pair<Node, Node | null>[],
  path: FieldPath,
  problems: YamlProblem[],
): JsonValue {
  const members = new Map<string, JsonValue>();
  for (const { key, value } of pairs) {
    const refuse = (message: string, remedy: string): null => {
      problems.push({ offset: key.range?.[0] ?? 0, path, message, remedy });
      return null;
    };
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string') return refuse('this name is not a string', 'put it in quotes');
    if (('anchor' in key && key.anchor !== undefined) || (name === '<<' && isPlain(key))) {
      return refuse('anchors and merge keys (& and <<) are not taken', 'write the members out');
    }
    if (members.has(name)) {
      return refuse(`${JSON.stringify(name)} stands here twice`, 'keep one of the two');
    }
    members.set(name, nodeValue(value, [...path, name], problems));
  }
  return Object.fromEntries(members);
}

/**
 * YAML 1.1, which Kubernetes reads, takes these words for booleans; YAML 1.2 does not. As names they stay
 * what they are: `y` and `n` are members of a JSON Web Key.
 */
const OLD_BOOLEAN = /^(?:yes|on|(no|off))$/i;

function scalarValue(node: Scalar, refuse: (message: string, remedy: string) => null): JsonValue {
  const value = isPlain(node) && node.tag === undefined ? asKubernetes(node) : node.value;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return value;
      return refuse('this number cannot be held exactly', 'write a smaller one, or put it in quotes');
    default:
      return value === null ? null : refuse('this kind of value is not taken', 'write it as JSON would');
  }
}

/** Numbers of YAML 1.1, too: `0400` is written in octal digits. */
function asKubernetes({ value, source = '' }: Scalar): unknown {
  if (typeof value === 'string') {
    const old = OLD_BOOLEAN.exec(value);
    if (old) return old[1] === undefined;
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const read = kubernetesScalar(source);
  return read.kind === 'value' && typeof read.value === 'number' ? read.value : value;
}

const isPlain = (node: Node): boolean => isScalar(node) && node.type === 'PLAIN';

/** The objects of a folder's files. A file that cannot be read any more counts as it was last. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Finding, renderFinding } from '../../resources/findings.ts';
import { type Manifests, readManifests, uniteManifests } from '../../resources/manifests.ts';
import { meansBinding } from '../../resources/salvage.ts';
import { API_VERSION, apiBinding } from '../../resources/typed.ts';
import { readYaml } from '../../resources/yaml.ts';
import type { ManifestFile, UnreadableFile } from './files.ts';
import { ownErrors } from './own-errors.ts';

export interface FolderState {
  /** As last seen, by name. */
  readonly files: ReadonlyMap<string, ManifestFile>;
  /** What counts of each file, by name: its last good state. */
  readonly counting: ReadonlyMap<string, Counting>;
  readonly united: Manifests;
  /** Bindings that break the schema, in files that never had a good state. */
  readonly refused: readonly JsonObject[];
  /** Names of files that cannot count as they are, so that what counted before still does. */
  readonly held: ReadonlySet<string>;
  /** What is wrong with files that cannot even be read, by name. */
  readonly unreadable: ReadonlyMap<string, string>;
}

export interface Counting {
  readonly manifests: Manifests;
  readonly refused: readonly JsonObject[];
}

export interface FolderStep {
  readonly state: FolderState;
  /** False: no file's meaning has changed. */
  readonly changed: boolean;
  /** Lines for the log about what has come up since the last look. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export const NO_FILES: FolderState = {
  files: new Map(),
  counting: new Map(),
  united: uniteManifests([]),
  refused: [],
  held: new Set(),
  unreadable: new Map(),
};

/** Goes on from one look at the folder to the next. */
export function advance(
  before: FolderState,
  files: readonly ManifestFile[],
  unreadable: readonly UnreadableFile[],
): FolderStep {
  const counting = new Map<string, Counting>();
  const problems: string[] = [];
  const notes: string[] = [];
  const held = new Set<string>();
  for (const file of files) {
    const { name } = file;
    const known = before.counting.get(name);
    const isSame = known !== undefined && before.files.get(name) === file;
    const count = isSame ? known : readFile(file, known, problems, notes);
    counting.set(name, count);
    if (isSame ? before.held.has(name) : count === known) held.add(name);
  }
  for (const { name, problem } of unreadable) {
    const known = before.counting.get(name);
    if (known !== undefined) {
      counting.set(name, known);
      held.add(name);
    }
    if (before.unreadable.get(name) === problem) continue;
    problems.push(`${name}: the file ${problem}${known ? `; ${STAYS}` : ''}`);
  }
  const changed =
    counting.size !== before.counting.size ||
    [...counting].some(([name, count]) => before.counting.get(name) !== count);
  const inOrder = [...counting].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
  const state: FolderState = {
    files: new Map(files.map((file) => [file.name, file])),
    counting,
    united: changed ? uniteManifests(inOrder.map(({ manifests }) => manifests)) : before.united,
    refused: inOrder.flatMap(({ refused }) => refused),
    held,
    unreadable: new Map(unreadable.map(({ name, problem }) => [name, problem])),
  };
  problems.push(...newDuplicates(before, state).map(renderFinding));
  return { state, changed, problems, notes };
}

const STAYS = 'its last good state stays in force until it is mended';
const PART_STAYS = 'what counted of it stays in force until it is mended';

/** `known` is what counted before, should anything. An emptied file is one that is just being written. */
function readFile(
  file: ManifestFile,
  known: Counting | undefined,
  problems: string[],
  notes: string[],
): Counting {
  const manifests = readManifests(file.name, file.text);
  const broken = manifests.findings.filter(isError);
  const isEmpty = file.text.trim() === '';
  if (isEmpty) problems.push(`${file.name}: the file is empty; delete it to take its objects along`);
  if (known !== undefined && !isBlank(known)) {
    const errors = [...broken, ...ownErrors(manifests.set)];
    const isUnreadable = isEmpty || broken.some(({ reason }) => reason === 'Unreadable');
    const wasGood = (isUnreadable || errors.length > 0) && isGood(known);
    if (isUnreadable || wasGood) {
      problems.push(...errors.map(renderFinding), `${file.name}: ${wasGood ? STAYS : PART_STAYS}`);
      return known;
    }
  }
  // With nothing to go back to, such an object denies; what the compiler finds, it tells by itself.
  problems.push(...manifests.findings.map(renderFinding));
  notes.push(...passedOver(manifests));
  return { manifests, refused: broken.length === 0 ? [] : refusedBindings(file) };
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

function isGood({ manifests }: Counting): boolean {
  return !manifests.findings.some(isError) && ownErrors(manifests.set).length === 0;
}

function isBlank({ manifests: { set }, refused }: Counting): boolean {
  return refused.length === 0 && Object.values(set).every((objects) => objects.length === 0);
}

/** Bindings that do not count, be it for the schema, a misspelt kind or version, or YAML that cannot be read. */
function refusedBindings({ name, text }: ManifestFile): readonly JsonObject[] {
  const { documents, salvaged } = readYaml(name, text);
  const bindings = documents
    .flatMap(({ value }) => unwrapped(value))
    .filter(({ kind }) => meansBinding(kind));
  return [...bindings.filter((value) => !counts(value)), ...salvaged];
}

function counts(value: JsonObject): boolean {
  return (
    value.kind === 'ApiBinding' &&
    value.apiVersion === API_VERSION &&
    apiBinding(value, undefined).kind === 'typed'
  );
}

function unwrapped(value: JsonValue): readonly JsonObject[] {
  if (!isJsonObject(value)) return [];
  return Array.isArray(value.items) ? value.items.flatMap(unwrapped) : [value];
}

/** What only shows when all files are seen together: one object in two files. */
function newDuplicates(before: FolderState, after: FolderState): readonly Finding[] {
  const known = new Set(before.united.findings.map(renderFinding));
  return after.united.findings.filter(
    (finding) => finding.reason === 'Duplicate' && !known.has(renderFinding(finding)),
  );
}

function passedOver({ passedOver: objects }: Manifests): readonly string[] {
  return objects.map(({ object: { kind, namespace, name }, origin }) => {
    const place = `${origin.file}:${origin.locate('').line}`;
    return `${place}: ${kind} ${namespace}/${name} is passed over: not a kind that is read here`;
  });
}

/** How each file of the folder stands once it is in force, and what to say where that has changed. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { oneLine, shorten } from '../../base/text.ts';
import type { CompileResult } from '../../compiler/compile.ts';
import { referenceTo } from '../../resources/findings.ts';
import type { ApiBinding } from '../../resources/types.gen.ts';
import type { Counting, FolderState } from './state.ts';

export interface Standings {
  /** False before the first look. */
  readonly isBegun: boolean;
  readonly files: ReadonlyMap<string, Standing>;
  /** The names of all objects that count, as `kind namespace/name`. */
  readonly objects: ReadonlySet<string>;
}

interface Standing {
  readonly counting: Counting;
  /** held: its last good state counts, which was said when it broke. Else what its errors do, in words. */
  readonly trouble: 'held' | { readonly effect: string } | undefined;
}

export interface StandingChange {
  readonly file: string;
  readonly line: string;
  /** False where it has errors. */
  readonly isMended: boolean;
}

export const NOTHING_STANDS: Standings = { isBegun: false, files: new Map(), objects: new Set() };

/** What Kubernetes takes for a name; the schema has not looked at all of them. */
const LONGEST_NAME = 253;
/** Objects that a line names. */
const MOST_NAMED = 3;

export function standingsOf(state: FolderState, compiled: CompileResult): Standings {
  const errors = [...state.united.findings, ...compiled.findings].filter(
    ({ severity }) => severity === 'error',
  );
  const faulty = new Set(errors.map(({ file }) => file));
  const counted = new Set(state.united.set.bindings.map(({ object }) => object));
  const trouble = (name: string, counting: Counting): Standing['trouble'] => {
    if (state.held.has(name)) return 'held';
    return faulty.has(name) ? { effect: effectOf(counting, counted, compiled) } : undefined;
  };
  const files = [...state.counting].map(
    ([name, counting]) => [name, { counting, trouble: trouble(name, counting) }] as const,
  );
  const objects = [...state.counting.values()].flatMap(namesOf);
  return { isBegun: true, files: new Map(files), objects: new Set(objects) };
}

/** A line for each file whose meaning or trouble has changed. What is good from the beginning is not news. */
export function changesOf(before: Standings, after: Standings): readonly StandingChange[] {
  const changes: StandingChange[] = [];
  for (const [file, { counting }] of before.files) {
    if (after.files.has(file)) continue;
    changes.push({
      file,
      line: oneLine(`${file} is gone${lostText(', and with it', counting, after)}`),
      isMended: true,
    });
  }
  for (const [file, standing] of after.files) {
    const line = standingLine(before.files.get(file), standing, before.isBegun, after);
    if (line !== undefined) {
      changes.push({ file, line: oneLine(`${file}: ${line}`), isMended: standing.trouble === undefined });
    }
  }
  return changes;
}

function standingLine(
  before: Standing | undefined,
  { counting, trouble }: Standing,
  isBegun: boolean,
  after: Standings,
): string | undefined {
  const isNew = before?.counting !== counting;
  if (trouble === 'held') return undefined;
  if (trouble !== undefined) {
    const said = typeof before?.trouble === 'object' ? before.trouble.effect : undefined;
    return isNew || said !== trouble.effect ? `until its errors are mended, ${trouble.effect}` : undefined;
  }
  const lost = before === undefined ? '' : lostText(', without', before.counting, after);
  if (before?.trouble !== undefined) return `mended, in force${lost}`;
  return isNew && isBegun ? `in force${lost}` : undefined;
}

/** What counted of a file, and counts in no file any more. */
function lostText(introduction: string, { manifests }: Counting, after: Standings): string {
  const lost = [...manifests.set.bindings, ...manifests.set.sources]
    .map(({ object }) => nameOf(object))
    .filter((name) => !after.objects.has(name));
  if (lost.length === 0) return '';
  const isGuarded = lost.some((name) => name.startsWith('ApiBinding '));
  const consequence = isGuarded ? ': requests that no other binding guards get 403 host_unbound' : '';
  return `${introduction} ${listed(lost, ', ', ' and ')}${consequence}`;
}

function effectOf(
  { manifests, refused }: Counting,
  counted: ReadonlySet<ApiBinding>,
  compiled: CompileResult,
): string {
  const effects = manifests.set.bindings
    .filter(({ object }) => counted.has(object))
    .flatMap(({ object }) => bindingEffect(object, compiled) ?? []);
  const all = [...effects, ...refused.map((value) => `ApiBinding ${writtenName(value)} ${REFUSES}`)];
  return all.length === 0 ? 'what has none is in force' : listed(all, '; ', '; and ');
}

const REFUSES = 'answers 503 binding_invalid to all its requests';

function bindingEffect(object: ApiBinding, { bindings }: CompileResult): string | undefined {
  const { namespace, name } = object.metadata;
  const result = bindings.get(`${namespace}/${name}`);
  if (result === undefined) return undefined;
  const { acceptance, sources, sourcesNotPermitted: missing } = result;
  const { mode = 'Enforce' } = object.spec;
  const isEnforced = mode === 'Enforce';
  if (acceptance.kind === 'refused') {
    return `ApiBinding ${namespace}/${name} ${isEnforced ? REFUSES : 'is not in force'}`;
  }
  if (missing.length === 0) return undefined;
  const without = missing.map((id) => `AuthenticationSource ${id}`);
  const tokens =
    sources.length > 0
      ? `, whose tokens it refuses`
      : ', and no other source is left: what needs a token gets 503 keys_unavailable';
  return `ApiBinding ${namespace}/${name} is in force without ${listed(without, ', ', ' and ')}${isEnforced ? tokens : ''}`;
}

function listed(items: readonly string[], comma: string, last: string): string {
  const more = items.length - MOST_NAMED;
  if (more > 0) return `${items.slice(0, MOST_NAMED).join(comma)} and ${more} more`;
  return [items.slice(0, -1).join(comma), ...items.slice(-1)].filter(Boolean).join(last);
}

/** As refused.ts reads it of a binding that breaks the schema. */
function writtenName({ metadata }: JsonObject): string {
  const { namespace = 'default', name = '' } = isJsonObject(metadata) ? metadata : {};
  return [namespace, name]
    .map((part) => (typeof part === 'string' ? shorten(part, LONGEST_NAME) : ''))
    .join('/');
}

const namesOf = ({ manifests: { set } }: Counting): readonly string[] =>
  [...set.bindings, ...set.sources].map(({ object }) => nameOf(object));

function nameOf(object: Parameters<typeof referenceTo>[0]): string {
  const { kind, namespace, name } = referenceTo(object);
  return `${kind} ${namespace}/${name}`;
}

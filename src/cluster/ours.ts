/** What is kept of our own kinds, and of the Secrets and ConfigMaps that sources name. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { NOT_CHECKED } from '../compiler/issues.ts';
import { finding } from '../resources/findings.ts';
import * as typed from '../resources/typed.ts';
import type {
  ApiBinding,
  ApiBindingSpec,
  ApiBindingStatus,
  AuthenticationSourceStatus,
} from '../resources/types.gen.ts';
import { readMeta } from './meta.ts';
import type {
  Meta,
  ObjectChange,
  Ours,
  StoredBinding,
  StoredConfigMap,
  StoredSecret,
  StoredSource,
} from './objects.ts';
import { filledTextAt } from './read.ts';
import { Shared, type Sharing } from './sharing.ts';
import type { Store } from './store.ts';
import { readSoFar, toBeRead } from './unread.ts';

/** @param before what was read of that name last. */
export function readSource(
  value: JsonValue,
  sharing: Sharing,
  before?: StoredSource,
): StoredSource | undefined {
  return readOurs<StoredSourceObject, AuthenticationSourceStatus>(
    'AuthenticationSource',
    typed.authenticationSource,
    value,
    sharing,
    before,
  );
}

/**
 * @param before what was read of that name last.
 * @param mayCheck whether it may be compared with the schema now; otherwise it refuses, and is `toBeRead`.
 */
export function readBinding(
  value: JsonValue,
  sharing: Sharing,
  before?: StoredBinding,
  mayCheck: (written: JsonObject) => boolean = () => true,
): StoredBinding | undefined {
  const begun = begin<ApiBindingStatus>('ApiBinding', value, sharing);
  if (begun === undefined) return undefined;
  const same = asBefore(begun, before && readSoFar(before));
  if (same !== undefined) return same;
  const check: Check<ApiBinding> = (written, origin) => {
    const read = typed.apiBinding(written, origin);
    return read.kind === 'typed' ? { kind: 'typed', object: shareDefaults(read.object, sharing) } : read;
  };
  const checked = () => finish<StoredBindingObject, ApiBindingStatus>(check, begun);
  if (mayCheck(begun.written)) return checked();
  const { kept, written } = begun;
  const { namespace, name } = kept.metadata;
  const place = { object: { kind: 'ApiBinding', namespace, name }, origin: undefined };
  const findings = [finding('NotChecked', place, NOT_CHECKED.message, NOT_CHECKED.remedy)];
  return toBeRead({ ...kept, kind: 'refused', findings, written }, checked);
}

type ObjectIn<T> = Extract<T, { kind: 'typed' }> extends { readonly object: infer O } ? O : never;
type StoredSourceObject = ObjectIn<StoredSource>;
type StoredBindingObject = ObjectIn<StoredBinding>;

function readOurs<T, S>(
  kind: string,
  check: Check<T>,
  value: JsonValue,
  sharing: Sharing,
  before: Ours<T, S> | undefined,
): Ours<T, S> | undefined {
  const begun = begin<S>(kind, value, sharing);
  return begun && (asBefore(begun, before) ?? finish(check, begun));
}

type Check<T> = (value: JsonObject, origin: undefined) => typed.Typed<T>;

/** What is read without a look at the schema. */
interface Begun<S> {
  readonly kept: { readonly metadata: OursMeta; readonly status: S | undefined };
  readonly written: JsonObject;
}

function begin<S>(kind: string, value: JsonValue, sharing: Sharing): Begun<S> | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { status, ...rest } = value;
  const written = readWritten(value.metadata);
  const { generation, deletionTimestamp } = written;
  const kept = {
    metadata: {
      ...metadata,
      generation: typeof generation === 'number' ? generation : 0,
      deleting: filledTextAt(deletionTimestamp) !== undefined,
    },
    // Only ever compared, member by member, with one that was made here.
    status: isJsonObject(status) ? (shareConditions(status, sharing) as unknown as S) : undefined,
  };
  // Lists leave out what all their items share.
  return { kept, written: { ...rest, apiVersion: typed.API_VERSION, kind, metadata: written } };
}

/** Of characters. What we write is shorter. */
const LONGEST_SHARED = 256;

/** Conditions of thousands of objects say the same, and were written in the same seconds: each text is kept once. */
function shareConditions(status: JsonObject, sharing: Sharing): JsonObject {
  if (!Array.isArray(status.conditions)) return status;
  const share = (value: JsonValue): JsonValue =>
    typeof value === 'string' && value.length <= LONGEST_SHARED ? sharing.text(value) : value;
  const shareTexts = (condition: JsonObject): JsonObject => {
    // A copy that is spread takes two thirds of what one made of entries takes.
    const copy: Record<string, JsonValue> = { ...condition };
    for (const [name, value] of Object.entries(condition)) copy[name] = share(value);
    return copy;
  };
  const conditions = status.conditions.map((condition) =>
    isJsonObject(condition) ? shareTexts(condition) : condition,
  );
  return { ...status, conditions };
}

const CREDENTIALS = new Shared<ApiBindingSpec['credentials']>();
const PATH_MATCHING = new Shared<ApiBindingSpec['pathMatching']>();
const FORWARD = new Shared<ApiBindingSpec['forward']>();
const CORS = new Shared<ApiBindingSpec['cors']>();

/** Shares what most bindings leave to the schema's defaults, and leaves out the default status, which no code reads. */
function shareDefaults({ status: _, ...binding }: ApiBinding, sharing: Sharing): ApiBinding {
  const share = <T>(kind: Shared<T>, part: T): T => {
    const text = JSON.stringify(part);
    return text.length > LONGEST_SHARED ? part : sharing.same(kind, text, () => part);
  };
  const { spec } = binding;
  return {
    ...binding,
    spec: {
      ...spec,
      credentials: share(CREDENTIALS, spec.credentials),
      pathMatching: share(PATH_MATCHING, spec.pathMatching),
      forward: share(FORWARD, spec.forward),
      cors: share(CORS, spec.cors),
    },
  };
}

/** A check against the schema is expensive, and most changes are of the status, which the operator writes. */
function asBefore<T, S>({ kept }: Begun<S>, before: Ours<T, S> | undefined): Ours<T, S> | undefined {
  if (before?.kind !== 'typed' || !isSameContent(before.metadata, kept.metadata)) return undefined;
  return { ...kept, kind: 'typed', object: before.object };
}

function finish<T, S>(check: Check<T>, { kept, written }: Begun<S>): Ours<T, S> {
  const checked = check(written, undefined);
  if (checked.kind === 'typed') return { ...kept, kind: 'typed', object: checked.object };
  return { ...kept, kind: 'refused', findings: checked.findings, written };
}

/** Metadata that is used. Of the rest, the annotation that kubectl writes is as long as the object itself. */
const ASKED_FOR = [
  ...['name', 'namespace', 'uid', 'generation', 'resourceVersion'],
  ...['creationTimestamp', 'deletionTimestamp'],
] as const;

function readWritten(metadata: JsonValue | undefined): JsonObject {
  const members = objectAt(metadata);
  return Object.fromEntries(
    ASKED_FOR.flatMap((name) => {
      const value = members[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

type OursMeta = StoredBinding['metadata'];

/** An API server counts a generation up with every change of what is not status, and at the deletion. */
function isSameContent(before: OursMeta, now: OursMeta): boolean {
  return now.generation > 0 && before.generation === now.generation && before.uid === now.uid;
}

/** What was written is the very object from before: nothing follows from it but a look at the status. */
export function isOfStatusAlone({ kind, id, object }: ObjectChange, store: Pick<Store, 'get'>): boolean {
  if (kind !== 'ApiBinding' && kind !== 'AuthenticationSource') return false;
  const before = store.get(kind, id);
  return before?.kind === 'typed' && object?.kind === 'typed' && before.object === object.object;
}

/** Undefined when it is no Secret of an API server; so its content is as good as not there. */
export function readSecret(value: JsonValue, sharing: Sharing): StoredSecret | undefined {
  return readData(typed.secret, value, sharing);
}

export function readConfigMap(value: JsonValue, sharing: Sharing): StoredConfigMap | undefined {
  return readData(typed.configMap, value, sharing);
}

function readData<T extends { readonly metadata: object }>(
  check: (value: JsonObject, origin: undefined) => typed.Typed<T>,
  value: JsonValue,
  sharing: Sharing,
): (T & { readonly metadata: Meta }) | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  const checked = check({ ...value, metadata: readWritten(value.metadata) }, undefined);
  if (checked.kind !== 'typed' || metadata === undefined) return undefined;
  return { ...checked.object, metadata: { ...checked.object.metadata, ...metadata } };
}

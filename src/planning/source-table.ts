/** Compiles each source by itself: whether it is accepted, which fetched keys it uses, and what it depends on. */

import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../base/json.ts';
import { add, remove } from '../base/sets-by-key.ts';
import type { StoredSource } from '../cluster/objects.ts';
import { type Acceptance, compile } from '../compiler/compile.ts';
import { referencedData } from '../compiler/source.ts';
import { compilerOf } from '../compiler/source-kinds.ts';
import { sourceName } from '../compiler/source-name.ts';
import type { FetchPlan, KeyLocation } from '../keys/plan.ts';
import type { FetchedKeys, SourcePolicy } from '../policy/policy.ts';
import type { Finding } from '../resources/findings.ts';
import type { AuthenticationSource } from '../resources/types.gen.ts';
import { type CompileContext, dataFor } from './compile-set.ts';

export interface SourceOutcome {
  readonly uid: string;
  readonly acceptance: Acceptance;
  /** Errors and warnings. */
  readonly findings: readonly Finding[];
  /** Undefined for keys that are not fetched, and for a source that is not accepted. The same object as long as it says the same. */
  readonly plan: FetchPlan | undefined;
  /** As validators get it, without keys when it is not accepted; undefined when it breaks the schema. */
  readonly policy: SourcePolicy | undefined;
  /** The spec's member of its kind with preset and defaults applied; undefined when it breaks the schema. */
  readonly effective: JsonObject | undefined;
}

export interface SourceTable {
  /** Compiles the source anew, or forgets it. True: its plan is another one. */
  refresh(id: string): boolean;
  /** Looks at the fetched keys of the source again. Returns its policy where the keys are others now. */
  rekey(id: string): SourcePolicy | undefined;
  outcome(id: string): SourceOutcome | undefined;
  plans(): readonly FetchPlan[];
  /** Sources that name this Secret or ConfigMap. */
  readersOf(kind: 'Secret' | 'ConfigMap', id: string): ReadonlySet<string>;
  withUid(uid: string): string | undefined;
  inNamespace(namespace: string): readonly string[];
}

/** Fetched keys. Those count that were fetched from where their source points now. */
export interface LocatedKeyTable {
  /** By uid, the keys that count. A source that points to another provider no longer takes tokens of the one before. */
  readonly counting: ReadonlyMap<string, FetchedKeys>;
  set(uid: string, keys: LocatedKeys | undefined): void;
  /** Counts keys that were fetched by this plan, and no others. True: the keys that count are others now. */
  settle(uid: string, plan: FetchPlan | undefined): boolean;
}

/** Keys, and the location from which they were fetched. */
export interface LocatedKeys extends FetchedKeys {
  readonly location: KeyLocation;
}

export function createLocatedKeys(): LocatedKeyTable {
  const fetched = new Map<string, LocatedKeys>();
  const counting = new Map<string, FetchedKeys>();
  return {
    counting,
    set(uid, keys) {
      if (keys === undefined) fetched.delete(uid);
      else fetched.set(uid, keys);
    },
    settle(uid, plan) {
      const before = counting.get(uid);
      const found = fetched.get(uid);
      const isOfPlan = found !== undefined && isDeepStrictEqual(found.location, plan?.location);
      if (isOfPlan) counting.set(uid, found);
      else counting.delete(uid);
      return before?.keys !== counting.get(uid)?.keys;
    },
  };
}

interface Row {
  readonly outcome: SourceOutcome;
  readonly reads: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();

export function createSourceTable(context: CompileContext, locatedKeys: LocatedKeyTable): SourceTable {
  const rows = new Map<string, Row>();
  const readers = new Map<string, Set<string>>();
  const byUid = new Map<string, string>();

  const forget = (id: string, row: Row): void => {
    for (const key of row.reads) remove(readers, key, id);
    if (byUid.get(row.outcome.uid) === id) byUid.delete(row.outcome.uid);
    rows.delete(id);
  };

  const compileRow = (id: string, plan: FetchPlan | undefined): Row | undefined => {
    const before = rows.get(id);
    if (before !== undefined) forget(id, before);
    const stored = context.store.get('AuthenticationSource', id);
    if (stored === undefined) return undefined;
    const row = rowOf(stored, context, plan);
    rows.set(id, row);
    byUid.set(row.outcome.uid, id);
    for (const key of row.reads) add(readers, key, id);
    return row;
  };

  const settleKeys = ({ outcome }: Row): boolean => locatedKeys.settle(outcome.uid, outcome.plan);

  return {
    refresh(id) {
      const before = rows.get(id);
      const now = compileRow(id, before?.outcome.plan);
      if (before !== undefined && before.outcome.uid !== now?.outcome.uid) {
        locatedKeys.settle(before.outcome.uid, undefined);
      }
      // Its plan says which keys count, and they make its policy.
      if (now !== undefined && settleKeys(now)) compileRow(id, now.outcome.plan);
      return now?.outcome.plan !== before?.outcome.plan;
    },
    rekey(id) {
      const row = rows.get(id);
      if (row === undefined || !settleKeys(row)) return undefined;
      return compileRow(id, row.outcome.plan)?.outcome.policy;
    },
    outcome: (id) => rows.get(id)?.outcome,
    plans: () =>
      [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { outcome }]) => outcome.plan ?? []),
    readersOf: (kind, id) => readers.get(`${kind} ${id}`) ?? NONE,
    withUid: (uid) => byUid.get(uid),
    inNamespace: (namespace) => [...rows.keys()].filter((id) => id.startsWith(`${namespace}/`)),
  };
}

function rowOf(stored: StoredSource, context: CompileContext, plan: FetchPlan | undefined): Row {
  const { uid } = stored.metadata;
  if (stored.kind === 'refused') return { reads: [], outcome: refusedOutcome(uid, stored.findings) };
  const { object } = stored;
  const { id } = sourceName(object);
  const { namespace } = object.metadata;
  return {
    reads: referencedData(object).map(({ kind, name }) => `${kind} ${namespace}/${name}`),
    outcome: {
      uid,
      ...compileAlone(id, object, context, plan),
      effective: compilerOf(object).effective(object),
    },
  };
}

function compileAlone(
  id: string,
  object: AuthenticationSource,
  context: CompileContext,
  before: FetchPlan | undefined,
): Omit<SourceOutcome, 'uid' | 'effective'> {
  const { sources, sourcePolicies, findings, plans } = compile({
    resources: { bindings: [], namespaces: [], ...dataFor([object], context.store) },
    keySets: context.keySets,
    allowInsecureHttp: context.allowInsecureHttp,
    secretRevision: context.secretRevision,
    unreadableSecrets: context.unreadableSecrets,
  });
  const [plan] = plans;
  return {
    acceptance: sources.get(id) ?? invalid([]),
    findings,
    plan: isDeepStrictEqual(plan, before) ? before : plan,
    policy: sourcePolicies.get(id),
  };
}

function refusedOutcome(uid: string, findings: readonly Finding[]): SourceOutcome {
  return {
    uid,
    acceptance: invalid(findings),
    findings,
    plan: undefined,
    policy: undefined,
    effective: undefined,
  };
}

/** Of an object that breaks the schema, which no API server with our CRDs would have taken. */
export function invalid(findings: readonly Finding[]): Acceptance {
  const [first] = findings;
  if (first === undefined)
    return { kind: 'refused', reason: 'Invalid', message: 'the object breaks the schema' };
  const { reason, field, message: problem, remedy } = first;
  const message = `${field === undefined ? '' : `${field}: `}${problem}; ${remedy}`;
  return { kind: 'refused', reason, message };
}

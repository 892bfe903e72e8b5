/** The feed that reads manifests from a folder, and compiles them as the operator does. */

import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { bindingFactsInSteps } from '../../compiler/binding-facts.ts';
import { type CompileResult, compile } from '../../compiler/compile.ts';
import { refuseBindings } from '../../compiler/refused.ts';
import { checkSourceInSteps } from '../../compiler/source.ts';
import { DEFAULT_DENIED_CIDRS, denyList } from '../../issuers/deny.ts';
import { createGet } from '../../issuers/http.ts';
import type { IssuerState } from '../../issuers/issuer.ts';
import { createLeftOutLog } from '../../issuers/left-out.ts';
import { createIssuerPool } from '../../issuers/pool.ts';
import type { Environment } from '../../issuers/proxy.ts';
import type { FetchPlan } from '../../keys/plan.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { describeBug } from '../../process/bug.ts';
import { StartError, UsageError } from '../../process/start-error.ts';
import { inTurns } from '../../process/turns.ts';
import { renderFinding } from '../../resources/findings.ts';
import { unreadOf } from '../../resources/unread.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Feed } from '../feed.ts';
import { type FolderLook, look } from './files.ts';
import { changesOf, NOTHING_STANDS, type Standings, standingsOf } from './standing.ts';
import { advance, type FolderState, NO_FILES } from './state.ts';
import { followFolder } from './watch.ts';

export interface FolderFeedOptions {
  readonly folder: string;
  readonly allowInsecureHttp: boolean;
  /** Blocks of addresses that no fetch connects to; absent = loopback, link-local and their like. */
  readonly fetchDenyCidrs: readonly string[] | undefined;
}

export interface FolderFeedParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Proxy variables are looked up here. */
  readonly environment: Environment;
  /** Called after every fetch of keys. */
  readonly onFetch: (source: string, result: string) => void;
}

export function createFolderFeed(options: FolderFeedOptions, parts: FolderFeedParts): Feed {
  const { folder, allowInsecureHttp } = options;
  const { clock, log, environment, onFetch } = parts;
  const denied = denyList(options.fetchDenyCidrs ?? DEFAULT_DENIED_CIDRS);
  if (denied.kind === 'refused') throw new UsageError(`--fetch-deny-cidrs: ${denied.problem}`);
  /** A secret's revision must not help to guess it. */
  const revisionKey = randomBytes(32);

  let state: FolderState = NO_FILES;
  let compiled: CompileResult | undefined;
  let reported = new Set<string>();
  let standings = NOTHING_STANDS;
  /** By a source's UID: the problem that was logged last. */
  const issuerErrors = new Map<string, string>();
  const leftOut = createLeftOutLog((source, count, keys) => {
    if (count === 0) log.info(`all keys of the set of ${source} are used again`, { source });
    else log.warn(`keys of the set of ${source} are left out: ${keys}`, { source, count });
  });
  let onUpdate: (update: PolicyUpdate) => void | Promise<void> = () => {};
  let cancelFlush: (() => void) | undefined;
  let stopFollowing = () => {};
  let stopped = false;

  const pool = createIssuerPool({
    get: createGet({ deny: denied.list, allowInsecureHttp, environment }),
    clock,
    random: Math.random,
    onFetch: ({ source }, result) => onFetch(source, result),
    onChange: (plan, issuer) => {
      tellOfKeys(plan, issuer);
      leftOut.note(plan, issuer.leftOut);
      // Many sources answer at once after a start: they are compiled together.
      cancelFlush ??= clock.after(0, () => void keepGoing(flush));
    },
  });

  const compileNow = (): CompileResult =>
    compile({
      resources: state.united.set,
      unread: unreadOf(state.united.findings),
      keySets: pool.keySets(),
      allowInsecureHttp,
      secretRevision: (secret) => createHmac('sha256', revisionKey).update(secret).digest('base64url'),
      ...(compiled && { previous: compiled }),
    });

  const flush = async (): Promise<void> => {
    cancelFlush?.();
    cancelFlush = undefined;
    const result = compileNow();
    compiled = result;
    const now = standingsOf(state, result);
    tellOfFindings(result);
    await onUpdate(refuseBindings(result.update, state.refused));
    // Not of one that a later one has overtaken.
    if (compiled === result) tellOfFiles(now);
  };

  /** Updates the key sets to fetch first: keys of a place that a source no longer names must not be used. */
  const recompile = (): Promise<void> => {
    compiled = compileNow();
    pool.reconcile(compiled.plans);
    const wanted = new Set(compiled.plans.map(({ uid }) => uid));
    for (const uid of issuerErrors.keys()) if (!wanted.has(uid)) issuerErrors.delete(uid);
    leftOut.keepOnly(wanted);
    return flush();
  };

  /** Checks sources and bindings in steps, and remembers the outcomes, while the state before stays in force. */
  function* checkInSteps({ united: { set } }: FolderState): Generator<number, void, void> {
    for (const { object } of set.bindings) yield* bindingFactsInSteps(object);
    for (const { object } of set.sources) yield* checkSourceInSteps(object);
  }

  const pause = () => new Promise<void>((resolve) => clock.after(0, resolve));

  const tellOfFindings = ({ findings }: CompileResult): void => {
    const lines = new Map(findings.map((finding) => [renderFinding(finding), finding.severity]));
    for (const [line, severity] of lines) {
      if (reported.has(line)) continue;
      if (severity === 'error') log.error(line);
      else log.warn(line);
    }
    reported = new Set(lines.keys());
  };

  const tellOfFiles = (now: Standings): void => {
    for (const { file, line, isMended } of changesOf(standings, now)) {
      if (isMended) log.info(line, { file });
      else log.warn(line, { file });
    }
    standings = now;
  };

  const tellOfKeys = ({ source, uid }: FetchPlan, { error }: IssuerState): void => {
    const before = issuerErrors.get(uid);
    if (error === undefined) {
      issuerErrors.delete(uid);
      if (before !== undefined) log.info(`the keys of ${source} can be fetched again`, { source });
    } else if (before !== error.message) {
      issuerErrors.set(uid, error.message);
      log.warn(`the keys of ${source} cannot be fetched: ${error.message}`, { source, code: error.code });
    }
  };

  /** A bug that a manifest triggers must not remove the policy in force. */
  const keepGoing = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      log.error('the manifests cannot be applied, please report this as a bug', describeBug(error));
    }
  };

  const take = async (seen: FolderLook): Promise<void> => {
    if (seen.kind === 'failed') {
      log.error(`the folder ${folder} ${seen.problem}; what was read from it stays in force`);
      return;
    }
    const step = advance(state, seen.files, seen.unreadable);
    await inTurns(checkInSteps(step.state), pause);
    if (stopped) return;
    state = step.state;
    for (const line of step.problems) log.error(line);
    for (const line of step.notes) log.info(line);
    if (step.changed) await recompile();
    else if (compiled) tellOfFiles(standingsOf(state, compiled));
  };

  return {
    start: async (call) => {
      const first = await look(folder, new Map());
      if (first.kind === 'failed') throw new StartError(`the folder ${folder} ${first.problem}.`);
      if (first.files.length + first.unreadable.length === 0) {
        throw new StartError(`the folder ${folder} has no YAML file in it: put your manifests there.`);
      }
      onUpdate = call;
      await take(first);
      stopFollowing = followFolder(first, {
        folder,
        clock,
        onChange: (seen) => keepGoing(() => take(seen)),
      });
    },
    *keysLeftOut() {
      for (const { source, uid } of compiled?.plans ?? []) {
        yield [source, pool.state(uid)?.leftOut?.count ?? 0];
      }
    },
    *keyProblems() {
      for (const { source, uid } of compiled?.plans ?? []) {
        const problem = issuerErrors.get(uid);
        if (problem !== undefined) yield [source, problem];
      }
    },
    refreshKeys: (uid) => pool.refreshUnknownKey(uid)?.then(() => cancelFlush && flush()),
    stop: () => {
      stopped = true;
      stopFollowing();
      cancelFlush?.();
      pool.stop();
    },
  };
}

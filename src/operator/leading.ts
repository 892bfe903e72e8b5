/** What the leader alone does: keys, policies for validators, status, certificates. Begun with a term, ended with it. */

import { type Clock, sleep } from '../base/clock.ts';
import { errorCode } from '../base/error-code.ts';
import type { Get } from '../issuers/http.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Term } from '../kubernetes/elector.ts';
import { failed, type KubernetesError, type Outcome, ok } from '../kubernetes/errors.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import type { Policies } from '../planning/policies.ts';
import { bindProblem } from '../process/listen.ts';
import type { CertificateSource } from '../process/tls.ts';
import type { Log } from '../telemetry/log.ts';
import type { ObjectState, OperatorMetrics } from '../telemetry/operator-metrics.ts';
import { VERSION } from '../telemetry/version.ts';
import { createBook } from './book.ts';
import { bypassedIn, sourcesIn } from './concerned.ts';
import { createEndpointKeeper, type EndpointKeeper, type LeaderEndpoint } from './endpoint.ts';
import type { Cluster } from './follow/cluster.ts';
import { createHearing, type Hearing } from './hearing.ts';
import { keyAges, keysLeftOut } from './keys/ages.ts';
import { createKeyKeeper, type KeyKeeper } from './keys/keeper.ts';
import type { Loop } from './loop.ts';
import { followNodes } from './nodes.ts';
import { type FailedCreates, followFailedCreates } from './refused/follow.ts';
import { type FollowedRollouts, followRollouts, type RolloutSettings } from './rollouts/follow.ts';
import { createReview } from './server/review.ts';
import { createPolicyServer, type PolicyServer, type ValidatorStates } from './server/server.ts';
import { createStatusRecord, type StatusRecord } from './status-record.ts';
import { createStatuses, type Statuses } from './statuses.ts';
import { followUnmountedPods, type UnmountedPods } from './unmounted-pods.ts';
import { createAwaiting, followValidators } from './validators.ts';

export interface LeadingParts {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: OperatorMetrics;
  readonly policies: Policies;
  readonly loop: Loop;
  readonly cluster: Pick<Cluster, 'refresh'>;
  readonly certificates: () => Promise<CertificateSource | undefined>;
  readonly events: EventRecorder;
  readonly get: Get;
  readonly namespace: string;
  readonly policy: { readonly host: string; readonly port: number };
  /** Without the port, which is known once it listens. */
  readonly endpoint: Omit<LeaderEndpoint, 'port'>;
  readonly injection: RolloutSettings;
  /** Only these namespaces are followed, and no Nodes; undefined = the whole cluster. */
  readonly watched: readonly string[] | undefined;
  /** Events of controllers cannot be followed. */
  readonly onEventsProblem: (error: KubernetesError) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Leading {
  states(): ValidatorStates;
  keyAges(): Iterable<readonly [source: string, seconds: number]>;
  keysLeftOut(): Iterable<readonly [source: string, count: number]>;
  /** What it has said of each object. */
  objects(): Iterable<ObjectState>;
  /** Sends validators away, and is over when nothing is written any more. */
  stop(): Promise<void>;
}

/** Milliseconds between two tries of what has to come about before a leader can serve. */
const RETRY = 1000;

interface Working {
  readonly keeper: KeyKeeper;
  readonly statuses: Statuses;
  readonly record: StatusRecord;
  readonly server: PolicyServer;
  readonly endpoint: EndpointKeeper;
  readonly hearing: Hearing;
  readonly rollouts: FollowedRollouts;
  readonly failedCreates: FailedCreates;
  readonly unmountedPods: UnmountedPods;
  readonly end: () => void;
}

export function startLeading(term: Term, parts: LeadingParts): Leading {
  const { clock, log, policies, loop } = parts;
  let working: Working | undefined;

  /** Undefined when the term is over before. */
  const insist = async <T>(what: string, attempt: () => Promise<Outcome<T>>): Promise<T | undefined> => {
    while (term.isCurrent()) {
      const outcome = await attempt();
      if (outcome.kind === 'ok') return outcome.value;
      log.warn(`Could not ${what}`, { problem: outcome.error.message });
      await sleep(clock, Math.max(RETRY, (outcome.error.retryAfter ?? 0) * 1000), term.signal);
    }
    return undefined;
  };

  /** Whatever it waits for ends with the term; and when that is over, nothing is begun any more. */
  const begin = async (): Promise<void> => {
    // Never back to an older policy: what the last leader has served is known first.
    if (!(await parts.cluster.refresh()) || !(await loop.caughtUp()) || !term.isCurrent()) return;
    const certificates = await parts.certificates();
    if (certificates === undefined || !term.isCurrent()) return;
    working = work(term, parts, certificates);
    const { keeper, server, statuses, endpoint, hearing, rollouts } = working;
    await insist('read the keys that were kept', () => keeper.load(term.signal));
    if (!term.isCurrent()) return;
    keeper.reconcile(policies.plans());
    await loop.settled();
    if (!term.isCurrent()) return;
    const port = await insist('listen for validators', () => listenFor(server, parts.policy));
    if (port === undefined || !term.isCurrent()) return;
    await insist('publish where the leader is', () => endpoint.publish(port, term.signal));
    if (!term.isCurrent()) return;
    statuses.sources(policies.store.all('AuthenticationSource').keys());
    hearing.bindings(policies.store.all('ApiBinding').keys());
    hearing.begin();
    rollouts.begin();
    log.info('Served policies', { port });
  };

  const beginning = begin().catch(parts.onBug);

  return {
    states: () => working?.server.states() ?? { current: 0, behind: 0, rejected: 0 },
    keyAges: () => (working === undefined ? [] : keyAges(policies, working.keeper, clock.seconds())),
    keysLeftOut: () => (working === undefined ? [] : keysLeftOut(policies, working.keeper)),
    objects: () => working?.record.states() ?? [],
    async stop() {
      if (working === undefined) return;
      await beginning;
      const { keeper, statuses, server, endpoint, rollouts, failedCreates, unmountedPods, end } = working;
      end();
      await Promise.all([
        ...[server.close(), keeper.stop(), statuses.stop()],
        ...[endpoint.stop(), rollouts.stop(), failedCreates.stop(), unmountedPods.stop()],
      ]);
    },
  };
}

/** A port that is taken may be free in a moment: whoever had it may be ending. */
async function listenFor(
  server: PolicyServer,
  { host, port }: LeadingParts['policy'],
): Promise<Outcome<number>> {
  try {
    return ok(await server.listen());
  } catch (error) {
    return failed('Unreachable', bindProblem({ kind: 'tcp', host, port }, errorCode(error)));
  }
}

function work(term: Term, parts: LeadingParts, certificates: CertificateSource): Working {
  const { client, clock, random, log, metrics, policies, loop, onBug, namespace } = parts;
  const mayWrite = term.isCurrent;
  const common = { client, clock, random, mayWrite, onBug };
  const onProblem = (error: KubernetesError): void =>
    log.warn('API server refused a write', { problem: error.message });

  const keeper = createKeyKeeper({
    ...{ ...common, namespace, onProblem, get: parts.get },
    onKeys: (uid, keys) => loop.put([{ kind: 'Keys', uid, keys }]),
    onState: (source) => statuses.sources([source]),
    onFetch: metrics.keysFetched,
    onLeftOut: (source, count, keys) =>
      count === 0
        ? log.info('Used all keys of the set again', { source })
        : log.warn('Left out keys of the set', { source, count, keys }),
  });

  const server = createPolicyServer(
    { ...parts.policy, namespace },
    {
      ...{ clock, random, log, onBug, certificates },
      book: createBook({ policies, subscribe: loop.subscribe, isRead: loop.hasSynced }),
      refreshKeys: (uid) => keeper.refreshUnknownKey(uid)?.then(loop.settled),
      refreshCooldown: (uid) => policies.plans().find((plan) => plan.uid === uid)?.unknownKeyCooldown,
      isLeading: mayWrite,
      judge: createReview({ client, clock, watched: parts.watched }),
      metrics: { answered: metrics.policyAnswered, reviewed: metrics.tokenReviewed },
    },
  );

  const record = createStatusRecord({ clock, log });
  const statuses = createStatuses({
    ...{ ...common, record, policies, events: parts.events },
    issuer: keeper.state,
    around: {
      said: (pod, uid) => server.validators.said(pod, uid),
      unmounted: (pod, uid) => unmountedPods.of(pod, uid),
      gatewayPods: server.validators.gatewayPods,
      wasAsked: server.validators.wasAsked,
      restarts: (binding) => rollouts.texts(binding),
      nodesKnown: parts.watched === undefined,
      version: VERSION,
      images: parts.injection.settings,
    },
    isKeptBack: (binding) => hearing.isKept(binding),
    onReconciled: (kind, result, milliseconds) => metrics.reconciled(kind, result, milliseconds / 1000),
    onProblem: (kind, id, problem) =>
      log.warn(`Could not write status of ${kind}`, {
        object: id,
        ...(problem !== undefined && { problem }),
      }),
  });

  const rollouts = followRollouts({ ...parts, subscribe: loop.subscribe, mayWrite, tell: statuses.bindings });

  const failedCreates = followFailedCreates({
    ...{ ...common, targets: policies.targets, put: (change) => loop.put([change]) },
    ...{ namespaces: parts.watched, onProblem: parts.onEventsProblem },
  });

  const unmountedPods = followUnmountedPods({
    ...{ client, clock, random, namespaces: parts.watched, onProblem: parts.onEventsProblem },
    tell: (pod) => statuses.bindings(policies.targets.guards(pod).map(({ binding }) => binding)),
  });

  const endpoint = createEndpointKeeper({ ...common, onProblem }, parts.endpoint);

  const hearing = createHearing({
    clock,
    tell: statuses.bindings,
    isAwaited: createAwaiting(policies, server),
  });

  const onNodes = followNodes(policies, server);
  const endEffects = loop.subscribe(({ bindings, sources, plans, changes }) => {
    if (plans) keeper.reconcile(policies.plans());
    hearing.bindings(bindings);
    statuses.sources(sources);
    hearing.bindings(bypassedIn(changes, policies));
    hearing.bindings(onNodes(changes));
    // A binding says of its sources whether they are ready.
    for (const source of sourcesIn(changes, policies)) hearing.bindings(policies.namedBy(source));
  });
  const endValidators = followValidators(server, policies, loop, hearing);
  return {
    ...{ keeper, statuses, record, server, endpoint, hearing, rollouts, failedCreates, unmountedPods },
    end() {
      endEffects();
      endValidators();
      hearing.stop();
    },
  };
}

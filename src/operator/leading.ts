/** What the leader alone does during its term: fetches keys, serves policies, writes status, restarts workloads. */

import { type Clock, sleep } from '../base/clock.ts';
import type { Get } from '../issuers/http.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Term } from '../kubernetes/elector.ts';
import { failed, type KubernetesError, type Outcome, ok } from '../kubernetes/errors.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import type { Policies } from '../planning/policies.ts';
import { StartError } from '../process/start-error.ts';
import type { CertificateSource } from '../process/tls.ts';
import type { Log } from '../telemetry/log.ts';
import type { ObjectState, OperatorMetrics } from '../telemetry/operator-metrics.ts';
import { VERSION } from '../telemetry/version.ts';
import { createConcernedBindings } from './concerned-bindings.ts';
import { createEndpointKeeper, type LeaderEndpoint } from './endpoint.ts';
import type { Cluster } from './follow/cluster.ts';
import { keyAges, keysLeftOut } from './keys/ages.ts';
import { createKeyKeeper } from './keys/keeper.ts';
import type { Loop } from './loop.ts';
import { followFailedCreates } from './refused/failed-creates.ts';
import { followRollouts, type RolloutSettings } from './rollouts/wiring.ts';
import { createReview } from './server/review.ts';
import { createServedPolicies } from './server/served-policies.ts';
import { createPolicyServer, type PolicyServer } from './server/server.ts';
import type { ValidatorStates } from './server/validator-states.ts';
import { createStatusRecord } from './status-record.ts';
import { createStatuses } from './statuses.ts';
import { followUnmountedPods } from './unmounted-pods.ts';
import { createIsAwaited, createSharedGateways } from './validators.ts';
import { createWouldDenyCounts, MOST_KEPT } from './would-deny.ts';

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
  /** What the status of each object says. */
  objects(): Iterable<ObjectState>;
  /** Refuses waiting polls. Resolves when no write is under way. */
  stop(): Promise<void>;
}

/** Milliseconds between two attempts of a step before the leader can serve. */
const RETRY = 1000;

export function startLeading(term: Term, parts: LeadingParts): Leading {
  const { clock, log, policies, loop } = parts;
  let leader: Leader | undefined;

  /** Tries until it succeeds. Undefined when the term ends before. */
  const insist = async <T>(what: string, attempt: () => Promise<Outcome<T>>): Promise<T | undefined> => {
    while (term.isCurrent()) {
      const outcome = await attempt();
      if (outcome.kind === 'ok') return outcome.value;
      log.warn(`Could not ${what}`, { problem: outcome.error.message });
      await sleep(clock, Math.max(RETRY, (outcome.error.retryAfter ?? 0) * 1000), term.signal);
    }
    return undefined;
  };

  /** Each step ends with the term, and after that no other step begins. */
  const begin = async (): Promise<void> => {
    // Never back to an older policy: what the last leader has served is known first.
    if (!(await parts.cluster.refresh()) || !(await loop.caughtUp()) || !term.isCurrent()) return;
    const certificates = await parts.certificates();
    if (certificates === undefined || !term.isCurrent()) return;
    leader = createLeader(term, parts, certificates);
    const { keeper, server, statuses, endpoint, rollouts } = leader;
    await insist('read the keys that were kept', () => keeper.load(term.signal));
    if (!term.isCurrent()) return;
    keeper.reconcile(policies.plans());
    await loop.settled();
    if (!term.isCurrent()) return;
    const port = await insist('listen for validators', () => listenFor(server));
    if (port === undefined || !term.isCurrent()) return;
    await insist('publish where the leader is', () => endpoint.publish(port, term.signal));
    if (!term.isCurrent()) return;
    statuses.sources(policies.store.all('AuthenticationSource').keys());
    statuses.bindings(policies.store.all('ApiBinding').keys());
    statuses.startPolls();
    rollouts.begin();
    log.info('Served policies', { port });
  };

  const beginning = begin().catch(parts.onBug);

  return {
    states: () => leader?.server.states() ?? { current: 0, behind: 0, rejected: 0 },
    keyAges: () => (leader === undefined ? [] : keyAges(policies, leader.keeper, clock.seconds())),
    keysLeftOut: () => (leader === undefined ? [] : keysLeftOut(policies, leader.keeper)),
    objects: () => leader?.record.states() ?? [],
    async stop() {
      if (leader === undefined) return;
      await beginning;
      await leader.stop();
    },
  };
}

/** A port that is taken may be free in a moment: the process that has it may be ending. */
async function listenFor(server: PolicyServer): Promise<Outcome<number>> {
  try {
    return ok(await server.listen());
  } catch (error) {
    if (error instanceof StartError) return failed('Unreachable', error.message);
    throw error;
  }
}

type Leader = ReturnType<typeof createLeader>;

/**
 * Makes all parts of a leader. Parts that are made first call `statuses` and `concerned`, which are made later, in
 * callbacks: these run only after this function has returned.
 */
function createLeader(term: Term, parts: LeadingParts, certificates: CertificateSource) {
  const { client, clock, random, log, metrics, policies, loop, onBug, namespace, watched } = parts;
  const mayWrite = term.isCurrent;
  const common = { client, clock, random, mayWrite, onBug };
  const onProblem = (error: KubernetesError): void =>
    log.warn('API server refused a write', { problem: error.message });
  const following = { client, clock, random, namespaces: watched, onProblem: parts.onEventsProblem };

  // What the leader learns.
  const keeper = createKeyKeeper({
    ...common,
    namespace,
    onProblem,
    get: parts.get,
    onKeys: (uid, keys) => loop.put([{ kind: 'Keys', uid, keys }]),
    onState: (source) => statuses.sources([source]),
    onFetch: metrics.keysFetched,
    onLeftOut: (source, count, keys) =>
      count === 0
        ? log.info('Used all keys of the set again', { source })
        : log.warn('Left out keys of the set', { source, count, keys }),
  });
  const failedCreates = followFailedCreates({
    ...following,
    targets: policies.targets,
    onBug,
    put: (change) => loop.put([change]),
  });
  const unmountedPods = followUnmountedPods({
    ...following,
    onChange: (pod) => statuses.bindings(concerned.ofValidator({ pod, gateway: undefined })),
  });

  const onShown = (bindings: readonly string[]): void => statuses.bindings(bindings);
  const counted = { clock, store: policies.store, subscribe: loop.subscribe, mostKept: MOST_KEPT };
  const wouldDeny = createWouldDenyCounts({ ...counted, onShown });

  // What the leader does.
  const server = createPolicyServer(
    { ...parts.policy, namespace },
    {
      clock,
      random,
      log,
      onBug,
      certificates,
      policies: createServedPolicies({ policies, subscribe: loop.subscribe, isRead: loop.hasSynced }),
      refreshKeys: (uid) => keeper.refreshUnknownKey(uid)?.then(loop.settled),
      refreshCooldown: (uid) => policies.plans().find((plan) => plan.uid === uid)?.unknownKeyCooldown,
      onWouldDeny: wouldDeny.note,
      isLeading: mayWrite,
      judge: createReview({ client, clock, watched }),
      metrics: { answered: metrics.policyAnswered, reviewed: metrics.tokenReviewed },
    },
  );
  const { validators } = server;
  const { gateways, gatewayPods, reportOf, wasAsked } = validators;
  const endpoint = createEndpointKeeper({ ...common, onProblem }, parts.endpoint);
  const rollouts = followRollouts({ ...parts, mayWrite, onTexts: (bindings) => statuses.bindings(bindings) });
  const record = createStatusRecord({ clock, log });
  const statuses = createStatuses({
    ...common,
    record,
    policies,
    events: parts.events,
    issuer: keeper.state,
    observed: {
      ...{ reportOf, gatewayPods, wasAsked, unmounted: unmountedPods.of },
      ...{ restarts: rollouts.texts, wouldDeny: wouldDeny.of },
      nodesKnown: watched === undefined,
      version: VERSION,
      images: parts.injection.settings,
    },
    isAwaited: createIsAwaited(policies, validators),
    onReconciled: (kind, result, milliseconds) => metrics.reconciled(kind, result, milliseconds / 1000),
    onProblem: (kind, id, problem) =>
      log.warn(`Could not write status of ${kind}`, {
        object: id,
        ...(problem !== undefined && { problem }),
      }),
  });

  // What follows from what.
  const concerned = createConcernedBindings({ policies, gateways, gatewayPods });
  const sharedGateways = createSharedGateways(loop);
  const endPublished = loop.subscribe((published) => {
    if (published.plans) keeper.reconcile(policies.plans());
    rollouts.changed(published);
    statuses.sources(published.sources);
    statuses.bindings(concerned.after(published));
  });
  const endValidators = server.onValidator((validator) => {
    sharedGateways.set(gateways(), validators.tellsRoutes);
    statuses.bindings(concerned.ofValidator(validator));
  });

  return {
    keeper,
    server,
    endpoint,
    rollouts,
    record,
    statuses,
    async stop(): Promise<void> {
      endPublished();
      endValidators();
      sharedGateways.clear();
      const pieces = [keeper, failedCreates, unmountedPods, wouldDeny, endpoint, rollouts, statuses];
      await Promise.all([server.close(), ...pieces.map((piece) => piece.stop())]);
    },
  };
}

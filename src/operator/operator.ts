/** Starts the operator: every replica follows the cluster, compiles and serves webhooks; the leader does the rest. */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { createGet } from '../issuers/http.ts';
import type { Environment } from '../issuers/proxy.ts';
import { createClient } from '../kubernetes/client.ts';
import { loadConnection } from '../kubernetes/config.ts';
import { type Elector, startElector } from '../kubernetes/elector.ts';
import { createRecorder } from '../kubernetes/events.ts';
import { createPolicies } from '../planning/policies.ts';
import { describeBug } from '../process/bug.ts';
import { closerOf } from '../process/closing.ts';
import { listen } from '../process/listen.ts';
import { healthPages, pageServer } from '../process/pages.ts';
import { StartError } from '../process/start-error.ts';
import type { Log } from '../telemetry/log.ts';
import { createOperatorMetrics } from '../telemetry/operator-metrics.ts';
import { pacedPage } from '../telemetry/paced-page.ts';
import { VERSION } from '../telemetry/version.ts';
import { systemIssuing } from './certificates/issue.ts';
import { createCertificateKeeper } from './certificates/keeper.ts';
import { serviceNames } from './certificates/names.ts';
import { followPathKeys } from './certificates/path-keys-source.ts';
import { seenNamespaces } from './certificates/seen-namespaces.ts';
import { followServerCertificate } from './certificates/source.ts';
import { followCluster } from './follow/cluster.ts';
import { createProblemLog } from './follow/problem-log.ts';
import { followRemedy } from './follow/remedies.ts';
import { createTelling } from './injection/telling.ts';
import { type Leading, startLeading } from './leading.ts';
import { createLoop } from './loop.ts';
import { type OperatorOptions, podAddress, sidecarSettings } from './options.ts';
import { createRenewableTransport } from './renewable-transport.ts';
import { createQuietLog } from './server/quiet.ts';
import { serveWebhook } from './webhook.ts';

export interface OperatorParts {
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly environment: Environment;
}

export interface Operator {
  readonly admin: number;
  /** Gives up the lease first, then all the rest; a few seconds at most. */
  stop(): Promise<void>;
}

const FIELD_MANAGER = 'portcullis';
const LEASE = 'portcullis-operator';
const HOME = 'portcullis-system';
/**
 * Shorter than client-go's: the next leader, its validators and what status says of them are to be back within 20 s of
 * a crash, and within 3 s of a leader that was asked to end.
 */
const ELECTION = { leaseSeconds: 10, renewSeconds: 7, followSeconds: 0.25 } as const;
/** Milliseconds: the kubelet kills a process soon after it has asked it to end, whether the API server answers or not. */
const STOP_LIMIT = 4000;
/** Milliseconds that requests to the pages have at the end. */
const CLOSING_LIMIT = 1000;

/** Rejects with a StartError where it cannot start, and then nothing of it runs. */
export async function startOperator(options: OperatorOptions, parts: OperatorParts): Promise<Operator> {
  const { log, clock, random, environment } = parts;
  const loaded = await loadConnection(environment, clock);
  if (loaded.kind === 'refused') throw new StartError(loaded.message);
  const address = podAddress(environment);
  const transport = createRenewableTransport(loaded.connection);
  const client = createClient({
    transport,
    clock,
    fieldManager: FIELD_MANAGER,
    userAgent: `portcullis-operator/${VERSION}`,
  });
  const calling = { client, clock, random };
  const namespace = options.namespace ?? environment.POD_NAMESPACE ?? loaded.connection.namespace ?? HOME;
  const pod = environment.POD_NAME ?? `portcullis-operator-${randomBytes(4).toString('hex')}`;
  const onBug = (error: unknown): void =>
    log.error('Something unexpected happened, please report this as a bug', describeBug(error));
  const quiet = createQuietLog(log, clock);
  const onProblem = createProblemLog(quiet, loaded.connection.server);

  let leading: Leading | undefined;
  /** The last reason why a kind could not be read. */
  let obstacle: string | undefined;
  const metrics = createOperatorMetrics({
    isLeader: () => elector.isLeader(),
    watchAges: () => cluster.ages(),
    validators: () => Object.entries(leading?.states() ?? {}),
    keyAges: () => leading?.keyAges() ?? [],
    keysLeftOut: () => leading?.keysLeftOut() ?? [],
    objects: () => leading?.objects() ?? [],
    certificateEnd: () => certificates.end(),
  });
  const policies = createPolicies({ allowInsecureHttp: options.allowInsecureHttp });
  const loop = createLoop({
    policies,
    clock,
    release: (isAwaited) => cluster.release(isAwaited),
    onCompiled: (milliseconds) => metrics.reconciled('Policy', 'done', milliseconds / 1000),
  });
  const settings = sidecarSettings(options, namespace);
  const cluster = followCluster({
    ...calling,
    settings,
    namespaces: options.watched,
    onNews: loop.wake,
    onProblem: (kind, error) => {
      obstacle = error.message;
      onProblem(`follow ${kind}s`, followRemedy(kind, error))(error);
    },
  });
  const certificates = followServerCertificate({
    ...calling,
    namespace,
    onProblem: onProblem('follow the server certificate'),
    onBroken: () => quiet('Certificate of the servers is broken; the one before stays in use', {}),
  });
  const issuing = systemIssuing(clock);
  const pathKeys = followPathKeys({
    ...calling,
    issuing,
    namespace,
    onProblem: onProblem("follow the keys of the webhooks' paths"),
  });
  const events = createRecorder({
    client,
    clock,
    instance: pod,
    randomName: () => randomBytes(8).toString('hex'),
    controller: 'portcullis.dev/operator',
  });
  const webhook = serveWebhook(options, {
    client,
    store: policies.store,
    clock,
    log,
    onBug,
    isSynced: loop.hasSynced,
    hasRouteApi: cluster.hasRouteApi,
    certificates: certificates.ready(),
    pathKeys,
    home: namespace,
    settings,
    tell: createTelling(events, metrics),
  });
  const get = createGet({ deny: options.deny, allowInsecureHttp: options.allowInsecureHttp, environment });

  let endTerm: (() => Promise<void>) | undefined;
  const elector: Elector = startElector({
    ...calling,
    lease: { namespace, name: LEASE },
    identity: `${pod}_${randomBytes(4).toString('hex')}`,
    onStarted(term) {
      log.info('Became leader', { epoch: term.epoch });
      const keeper = createCertificateKeeper({
        ...calling,
        log,
        issuing,
        mayWrite: term.isCurrent,
        home: namespace,
        watched: options.watched,
        namespaces: () => seenNamespaces(policies, options.watched, namespace),
        names: serviceNames([options.webhookService, options.policyService], namespace),
        gateways: options.gatewayServices,
        webhookConfiguration: options.webhookConfiguration,
        provided: options.providedCertificates,
        onProblem: onProblem('keep certificates'),
      });
      const endLooks = loop.subscribe(({ changes }) => {
        if (changes.some(({ kind }) => kind === 'Namespace')) keeper.look();
      });
      const led = startLeading(term, {
        ...calling,
        log,
        metrics,
        policies,
        loop,
        cluster,
        events,
        get,
        namespace,
        onBug,
        certificates: certificates.ready,
        policy: options.policy,
        endpoint: { namespace, service: options.policyService, address },
        injection: { settings, configuration: options.webhookConfiguration },
        watched: options.watched,
        onEventsProblem: onProblem('follow Events'),
      });
      leading = led;
      endTerm = async () => {
        endLooks();
        await Promise.all([led.stop(), keeper.stop()]);
      };
    },
    async onStopped(reason) {
      log.info('Ended leading', { reason });
      if (reason === 'expired') transport.renew();
      leading = undefined;
      await endTerm?.();
      endTerm = undefined;
    },
    onProblem(error) {
      onProblem('hold the lease')(error);
      if (error.kind === 'Timeout') transport.renew();
    },
    limits: ELECTION,
  });

  const pages = healthPages({
    metrics: pacedPage(metrics, clock.monotonic),
    unready: () => {
      if (!loop.hasSynced()) return ['the cluster has not been read yet', obstacle ?? []].flat().join('; ');
      return webhook.problem();
    },
  });
  const admin = pageServer({ '/healthz': pages.healthz, '/readyz': pages.readyz, '/metrics': pages.metrics });
  const closeAdmin = closerOf(admin);

  const stop = async (): Promise<void> => {
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(STOP_LIMIT, late.resolve);
    const inOrder = async (): Promise<void> => {
      await elector.stop();
      await Promise.all([
        webhook.stop(),
        cluster.stop(),
        certificates.stop(),
        pathKeys.stop(),
        closeAdmin(CLOSING_LIMIT),
      ]);
    };
    await Promise.race([inOrder(), late.promise]);
    cancel();
    loop.stop();
    // Ends what is still under way.
    await transport.close();
  };
  try {
    const bound = await listen(admin, options.admin);
    log.info('Started', { namespace, admin: bound.kind === 'unix' ? bound.path : bound.port });
    return { admin: bound.kind === 'unix' ? 0 : bound.port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

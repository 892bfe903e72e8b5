/** Puts the validator together: a feed for the policy, one authorizer, and the servers for Envoy. */

import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { type Enforcer, prepareEnforcer } from '../decision/enforcer.ts';
import type { PolicyUpdate } from '../policy/policy.ts';
import { type Address, formatAddress, type ListenAddress } from '../process/address.ts';
import { describeBug } from '../process/bug.ts';
import { listen } from '../process/listen.ts';
import { inTurns } from '../process/turns.ts';
import { createLiveDecisions } from '../report/live.ts';
import { createDecisionMemory } from '../report/memory.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { pacedPage } from '../telemetry/paced-page.ts';
import { createAdminServer } from './admin/server.ts';
import { clientNetwork } from './client-network.ts';
import { type Drainable, drainAll, drainableHttp } from './drain.ts';
import type { Feed } from './feed.ts';
import type { GrpcServiceParts } from './grpc/server.ts';
import { createHearing } from './hearing.ts';
import { createHttpService } from './http/server.ts';
import { createJudging } from './judging.ts';
import { createKeyAges } from './key-ages.ts';
import { chooseFeed, openPodIfAny, openTlsIfAny, type ServiceParts } from './optional-parts.ts';
import type { ValidatorOptions } from './options.ts';
import { warnOfPlainText } from './plain-text.ts';
import { createProbeServer } from './probe-server.ts';
import { noProxies, proxyRule } from './proxies.ts';
import type { FollowedCertificates } from './tls-files.ts';
import { createTokenCache } from './token-cache.ts';
import { createWouldDeny } from './would-deny.ts';

export interface ValidatorService {
  /** Answers the requests in flight, then ends; takes at most some three seconds. */
  stop(): Promise<void>;
}

/** Starts everything that the options name. Rejects with a StartError, and then nothing of it runs. */
export async function startValidator(
  options: ValidatorOptions,
  parts: ServiceParts,
): Promise<ValidatorService> {
  const { log, clock } = parts;
  let current: { readonly enforcer: Enforcer; readonly update: PolicyUpdate } | undefined;
  let unready = 'no policy has been received yet';
  let stopping = false;
  let started = false;
  const onError = (error: unknown) =>
    log.error('a request could not be judged, please report this as a bug', describeBug(error));

  const cache = createTokenCache();
  const keys = createKeyAges(clock.seconds);
  const metrics = createMetrics({
    tokenCacheEntries: () => cache.entries,
    policyVersion: () => current?.update.policy.version,
    policyAge: () => feed.policyAge?.(),
    keyAges: () => (current === undefined ? [] : keys.ages()),
    keysLeftOut: () => feed.keysLeftOut?.() ?? [],
  });
  const pod = await openPodIfAny(options, parts);
  const hearing = createHearing(clock.monotonic);
  const wouldDeny = createWouldDeny({ process: randomUUID(), monotonic: clock.monotonic });
  const polls = { heard: hearing.heard, wouldDeny };
  const feed: Feed = await chooseFeed(options, parts, metrics.keysFetched, polls);
  const memory = createDecisionMemory({ clock, networkOf: clientNetwork });
  const live = createLiveDecisions({ clock, networkOf: clientNetwork });
  const { ask, record } = createJudging({
    ...{ log, clock, metrics, memory, live, wouldDeny, cache, hearing, onError },
    enforcer: () => current?.enforcer,
    refreshKeys: (uid) => feed.refreshKeys(uid),
  });
  const serverParts = { ask, record, onError };
  /** Counts policies: an older one that is prepared after a newer one came is dropped. */
  let newest = 0;
  const pause = () => new Promise<void>((resolve) => clock.after(0, resolve));
  const enforce = async (update: PolicyUpdate | undefined): Promise<void> => {
    if (update === undefined) {
      current = undefined;
      unready = 'the policy is too old: the control plane has not confirmed it for too long';
      return;
    }
    newest += 1;
    const own = newest;
    const enforcer = await inTurns(prepareEnforcer(update), pause);
    if (own !== newest) return;
    const before = current?.update.policy.version;
    current = { enforcer, update };
    keys.enforced(update);
    wouldDeny.enforced(update.policy);
    const { version, sources, bindings, trials } = update.policy;
    if (version !== before) {
      const counts = { sources: sources.length, bindings: bindings.length, trials: trials?.length };
      log.info('policy in force', { version, ...counts });
    }
  };
  const told = {
    metrics: pacedPage(metrics, clock.monotonic),
    policy: () => current?.update.policy,
    unready: () => {
      if (stopping) return 'shutting down';
      return current === undefined ? [unready, feed.problem?.() ?? []].flat().join('; ') : undefined;
    },
  };
  const admin = {
    ...told,
    ...{ memory, live, pause },
    enforcer: () => current?.enforcer,
    seconds: clock.seconds,
    monotonic: clock.monotonic,
    keys: {
      ages: () => (current === undefined ? [] : keys.ages()),
      leftOut: () => feed.keysLeftOut?.() ?? [],
      problems: () => feed.keyProblems?.() ?? [],
    },
  };
  const probed = {
    ...told,
    unstarted: () => (started ? undefined : "the start is not over: Envoy's configuration is not written"),
    pages: pod?.pages ?? {},
  };

  const services: Drainable[] = [];
  const tls = await openTlsIfAny(options, parts, onError);
  const stop = async (): Promise<void> => {
    stopping = true;
    feed.stop();
    live.end();
    tls?.certificates.stop();
    await drainAll(services, clock);
  };
  try {
    await feed.start(enforce);
    const secure = ({ kind }: Address) => (kind === 'tcp' ? tls : undefined);
    const checks = createHttpService(
      {
        ...serverParts,
        mayTell: pod === undefined ? proxyRule(options.http, options.forwardAuthFrom) : noProxies,
        enforcer: () => current?.enforcer,
      },
      secure(options.http)?.createServer,
    );
    const addresses = {
      http: await serve(services, checks, options.http, clock),
      grpc: await serveGrpc(services, options.grpc, serverParts, secure(options.grpc)?.certificates),
      admin: await serve(services, createAdminServer(admin), options.admin, clock),
      probes: await serve(services, createProbeServer(probed), options.probes, clock),
    };
    await pod?.prepareEnvoy({ http: addresses.http, grpc: addresses.grpc });
    started = true;
    if (tls === undefined) warnOfPlainText(options, log);
    log.info('serving', {
      http: shown(addresses.http),
      grpc: shown(addresses.grpc),
      admin: shown(addresses.admin),
      probes: shown(addresses.probes),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** Returns where it listens; undefined = nowhere. */
async function serve(
  services: Drainable[],
  server: Server,
  address: Address,
  clock: Clock,
): Promise<ListenAddress | undefined> {
  if (address.kind === 'off') return undefined;
  const bound = await listen(server, address);
  services.push(drainableHttp(server, clock));
  return bound;
}

const shown = (address: ListenAddress | undefined): string => formatAddress(address ?? { kind: 'off' });

async function serveGrpc(
  services: Drainable[],
  address: Address,
  parts: GrpcServiceParts,
  certificates: FollowedCertificates | undefined,
): Promise<ListenAddress | undefined> {
  if (address.kind === 'off') return undefined;
  const { startGrpcService } = await import('./grpc/server.ts');
  const service = await startGrpcService(address, parts, certificates);
  services.push(service);
  return service.address;
}

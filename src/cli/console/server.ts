/** Serves the console of a cluster on this machine: the page, and what it asks for, each at a bounded pace. */

import type { Server } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { ObjectId } from '../../base/object-id.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { textPage } from '../../process/pages.ts';
import type { Report } from '../../report/report.ts';
import { consolePages } from '../../validator/admin/console-pages.ts';
import { decisionStream } from '../../validator/admin/decision-stream.ts';
import { guardedServer } from '../../validator/admin/guarded-server.ts';
import { limitedEndpoint } from '../../validator/admin/limited-endpoint.ts';
import { questionEndpoint } from '../../validator/admin/question.ts';
import { clusterReport } from '../admin/cluster-report.ts';
import type { FoundValidators } from '../admin/find-validators.ts';
import { mayTell } from '../admin/may-tell.ts';
import { boundedAsking } from './bounded-asking.ts';
import { boundedReport } from './bounded-report.ts';
import { createClusterDecisions } from './cluster-decisions.ts';
import { clusterExplain } from './cluster-explain.ts';
import { clusterKeys } from './cluster-keys.ts';
import type { ClusterLook } from './cluster-look.ts';
import { sharedAnswer } from './shared-answer.ts';
import { missingOf, toldEndpoint, toldOf } from './told.ts';

export interface ConsoleParts {
  /** Undefined = all. */
  readonly namespace: string | undefined;
  /** Looks at the objects of the cluster. */
  readonly look: () => Promise<ClusterLook>;
  /** Looks for validators that run. */
  readonly find: () => Promise<FoundValidators>;
  readonly ask: (pod: ObjectId) => PodHttp;
  readonly clock: Clock;
}

export interface ConsoleServer {
  /** Does not listen yet. */
  readonly server: Server;
  /** Ends what is followed. */
  end(): void;
}

/** Milliseconds, but for `times`: the pace at which the cluster and its validators are asked, however many pages are open. */
const LOOKS = { least: 15_000, times: 20, most: 300_000 };
const FINDS = { least: 10_000, times: 20, most: 60_000 };
const REPORTS = { least: 5_000, times: 10, most: 60_000 };
const KEYS = { least: 30_000, times: 20, most: 300_000 };
const PAGES = { atOnce: 32, perSecond: 50 };
const EXPLANATIONS = { atOnce: 2, perSecond: 20 };

/** What a report covers, as the page asks for it. */
const SPANS = ['24h', '1h'] as const;

export function createConsoleServer({ namespace, look, find, ask, clock }: ConsoleParts): ConsoleServer {
  const looked = sharedAnswer(look, LOOKS, clock);
  let latest: FoundValidators | undefined;
  const found = sharedAnswer(
    async () => {
      latest = await find();
      return latest;
    },
    FINDS,
    clock,
  );
  const report = async (since: string) => {
    const all = await found();
    const asked = { found: all, ask: boundedAsking(ask), progress: SILENT, namespace };
    const { report: told, unread } = await clusterReport({ ...asked, binding: undefined }, since, clock);
    const { report: bounded, leftOut } = boundedReport(told ?? nothingTold(clock), all.bindings);
    return toldOf({ ...bounded, missing: missingOf([...leftOut, ...unread]) });
  };
  const keys = async () => {
    const { sourcesAt } = await looked();
    return toldOf(await clusterKeys(await found(), boundedAsking(ask), sourcesAt));
  };
  const decisions = createClusterDecisions({
    async find({ binding }) {
      const all = await found();
      if (binding.length === 0) return all;
      const { validatorsOf } = await looked();
      const judging = new Set(binding.flatMap(validatorsOf));
      return { ...all, pods: all.pods.filter((pod) => judging.has(pod)) };
    },
    ask,
    mayTell: (pod, binding) =>
      latest !== undefined && mayTell(pod, binding, { found: latest, namespace, binding: undefined }),
    clock,
  });
  const reports = SPANS.map((since) => [since, sharedAnswer(() => report(since), REPORTS, clock)] as const);
  const page = (endpoint: ReturnType<typeof toldEndpoint>) =>
    limitedEndpoint(PAGES, clock.monotonic, endpoint);
  const server = guardedServer(
    { ...consolePages('cluster'), '/healthz': () => textPage(200, 'ok') },
    {
      '/cluster': page(toldEndpoint({ '': async () => (await looked()).told })),
      '/report': page(toldEndpoint(Object.fromEntries(reports), 'since')),
      '/keys': page(toldEndpoint({ '': sharedAnswer(keys, KEYS, clock) })),
      '/decisions': decisionStream(decisions),
      '/explain': limitedEndpoint(
        EXPLANATIONS,
        clock.monotonic,
        questionEndpoint((body, query) =>
          clusterExplain(
            body,
            query,
            async (binding) => (await looked()).validatorsOf(binding),
            boundedAsking(ask),
          ),
        ),
      ),
    },
  );
  return { server, end: decisions.end };
}

const SILENT = { say: () => {}, end: () => {} };

/** Where no validator has answered. */
function nothingTold(clock: Pick<Clock, 'now'>): Report {
  const now = new Date(clock.now()).toISOString();
  return { format: 1, from: now, until: now, validators: 0, bindings: [] };
}

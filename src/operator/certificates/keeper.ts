/** The leader's work on certificates: the authority, what trusts it, then what it signs; again whenever it is due. */

import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import { type Reflector, startReflector } from '../../kubernetes/reflector.ts';
import { sleep, type Time } from '../../kubernetes/time.ts';
import type { Log } from '../../telemetry/log.ts';
import { readBundle, type SeenBundle, type SeenNamespace } from './bundle.ts';
import type { Issuing } from './issue.ts';
import { BUNDLE_CONFIG_MAP, CONFIG_MAPS, MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from './names.ts';
import { reconcileBundle, reconcileCaBundle } from './publish.ts';
import { reconcileAuthority, reconcileServer } from './reconcile.ts';
import type { Writing } from './secrets.ts';

export interface CertificateKeeperParts {
  readonly client: Writing['client'] & Pick<KubernetesClient, 'list' | 'watch'>;
  readonly time: Time;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly issuing: Issuing;
  readonly mayWrite: () => boolean;
  /** The control plane's own namespace. */
  readonly home: string;
  /** Where ConfigMaps may be looked at; undefined = everywhere. */
  readonly watched: readonly string[] | undefined;
  readonly namespaces: () => readonly SeenNamespace[];
  /** DNS names of the Services. */
  readonly names: readonly string[];
  readonly webhookConfiguration: string;
  readonly log: Pick<Log, 'info'>;
  readonly onProblem: (error: KubernetesError) => void;
}

export interface CertificateKeeper {
  /** Namespaces have changed. */
  look(): void;
  /** Over when no write is under way. */
  stop(): Promise<void>;
}

/** Milliseconds after which a failure is tried again, and after which an absent webhook configuration is looked for. */
const RETRY = 5000;
const LOOK_INTERVAL = 60_000;

export function createCertificateKeeper(parts: CertificateKeeperParts): CertificateKeeper {
  const { client, time, random, issuing, mayWrite, home, log, onProblem } = parts;
  const stopped = new AbortController();
  let awaken = new AbortController();
  let published: string | undefined;

  const look = (): void => awaken.abort();
  const places = parts.watched === undefined ? [undefined] : [...new Set([home, ...parts.watched])];
  const bundles: readonly Reflector<SeenBundle>[] = places.map((namespace) =>
    startReflector<SeenBundle>({
      ...{ client, time, random },
      resource: CONFIG_MAPS,
      selection: {
        ...(namespace !== undefined && { namespace }),
        fieldSelector: `metadata.name=${BUNDLE_CONFIG_MAP}`,
      },
      trim: readBundle,
      onChange: look,
      onProblem,
    }),
  );
  const bundleIn = (namespace: string): SeenBundle | undefined => {
    for (const { store } of bundles) {
      const found = store.get(`${namespace}/${BUNDLE_CONFIG_MAP}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  /** False where something is still to be done, and so for the other. */
  const publishBundles = async (bundle: string): Promise<boolean> => {
    let isComplete = true;
    for (const namespace of parts.namespaces()) {
      const seen = bundleIn(namespace.name);
      const step = await reconcileBundle({ client, mayWrite }, namespace, seen, bundle, home);
      if (step.kind === 'failed') {
        isComplete = false;
        onProblem(step.error);
      } else if (step.value !== 'keep') {
        log.info('Published CA bundle', { namespace: namespace.name, step: step.value });
      }
    }
    return isComplete;
  };

  const publishCaBundles = async (bundle: string): Promise<boolean> => {
    let isComplete = true;
    for (const resource of [VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS]) {
      const result = await reconcileCaBundle(
        { client, mayWrite },
        resource,
        parts.webhookConfiguration,
        bundle,
      );
      if (result.kind === 'ok') {
        if (result.value === 'written') log.info(`Wrote caBundle of ${resource.kind}`);
        // Where only some namespaces are ours, the chart has no leave to write it.
      } else if (result.error.kind !== 'Forbidden' || parts.watched === undefined) {
        isComplete = false;
        onProblem(result.error);
      }
    }
    return isComplete;
  };

  /** Milliseconds until the next time. */
  const once = async (): Promise<number> => {
    const deps = { client, mayWrite, issuing, namespace: home };
    const authority = await reconcileAuthority(deps, published);
    if (authority.kind === 'failed') {
      onProblem(authority.error);
      return RETRY;
    }
    for (const done of authority.value.done) log.info(`Changed certificate authority: ${done}`);
    const { bundle } = authority.value;
    const isPublished = await publishBundles(bundle);
    const complete = (await publishCaBundles(bundle)) && isPublished;
    published = complete ? bundle : undefined;
    const server = await reconcileServer(deps, parts.names);
    if (server.kind === 'failed') {
      onProblem(server.error);
      return RETRY;
    }
    for (const done of server.value.done) log.info(`Changed server certificate: ${done}`);
    return complete ? Math.min(authority.value.again, server.value.again, LOOK_INTERVAL) : RETRY;
  };

  const run = async (): Promise<void> => {
    await Promise.all(bundles.map((reflector) => reflector.synced()));
    while (!stopped.signal.aborted && mayWrite()) {
      awaken = new AbortController();
      const delay = await once();
      await sleep(time, delay, AbortSignal.any([stopped.signal, awaken.signal]));
    }
  };
  const running = run();

  return {
    look,
    async stop() {
      stopped.abort();
      await Promise.all(bundles.map((reflector) => reflector.stop()));
      await running;
    },
  };
}

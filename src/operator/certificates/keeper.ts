/** The leader's work on certificates: the authority, what trusts it, then what it signs; again whenever it is due. */

import { type Clock, sleep } from '../../base/clock.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Cached } from '../../kubernetes/object.ts';
import { type Reflector, startReflector } from '../../kubernetes/reflector.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { CA_CONFIG_MAP } from '../../sidecar/authorities.ts';
import type { Log } from '../../telemetry/log.ts';
import { RESOURCES } from '../resources.ts';
import { readBundle, type SeenBundle, type SeenNamespace } from './bundle.ts';
import type { Issuing } from './issue.ts';
import { gatewaySecret, SERVER_SECRET, serviceNames } from './names.ts';
import { providedBundle } from './provided.ts';
import { type Reach, reconcileBundle, reconcileConfiguration } from './publish.ts';
import { type CertificateDeps, reconcileAuthority, reconcilePathKeys, reconcileServer } from './reconcile.ts';
import { getSecret, type Writing } from './secrets.ts';

export interface CertificateKeeperParts {
  readonly client: Writing['client'] & Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
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
  /** Services of gateways' validators, which get certificates too. */
  readonly gateways: readonly GatewayService[];
  readonly webhookConfiguration: string;
  /** Others make the servers' Secret: what is in it is published, and nothing is made here. */
  readonly provided: boolean;
  readonly log: Pick<Log, 'info'>;
  readonly onProblem: (error: KubernetesError) => void;
}

export interface GatewayService {
  readonly namespace: string;
  readonly name: string;
}

export interface CertificateKeeper {
  /** Namespaces have changed. */
  look(): void;
  /** Over when no write is under way. */
  stop(): Promise<void>;
}

/** Milliseconds after which a failure is tried again, and after which all is looked at again even without a change. */
const RETRY = 5000;
const LOOK_INTERVAL = 60_000;

const WEBHOOKS = [RESOURCES.ValidatingWebhookConfiguration, RESOURCES.MutatingWebhookConfiguration];

export function createCertificateKeeper(parts: CertificateKeeperParts): CertificateKeeper {
  const { client, clock, random, issuing, mayWrite, home, log, onProblem } = parts;
  const stopped = new AbortController();
  let awaken = new AbortController();
  let published: string | undefined;
  /** The key that stands in both configurations. */
  let publishedKey: string | undefined;

  const look = (): void => awaken.abort();
  const places = parts.watched === undefined ? [undefined] : [...new Set([home, ...parts.watched])];
  const bundles: readonly Reflector<SeenBundle>[] = places.map((namespace) =>
    startReflector<SeenBundle>({
      client,
      clock,
      random,
      resource: RESOURCES.ConfigMap,
      selection: {
        ...(namespace !== undefined && { namespace }),
        fieldSelector: `metadata.name=${CA_CONFIG_MAP}`,
      },
      trim: readBundle,
      onChange: look,
      onProblem,
    }),
  );
  const bundleIn = (namespace: string): SeenBundle | undefined => {
    for (const { store } of bundles) {
      const found = store.get(`${namespace}/${CA_CONFIG_MAP}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const configurations = new Map<Resource, Reflector<Cached>>();
  /**
   * A configuration that is made again, or applied without the operator's fields, reaches no webhook until they are
   * there again.
   */
  const follow = (resource: Resource): void => {
    if (configurations.has(resource) || stopped.signal.aborted) return;
    const reflector = startReflector<Cached>({
      client,
      clock,
      random,
      resource,
      onProblem,
      selection: { fieldSelector: `metadata.name=${parts.webhookConfiguration}` },
      trim: ({ metadata: { name, uid, resourceVersion } }) => ({ metadata: { name, uid, resourceVersion } }),
      onChange: look,
    });
    configurations.set(resource, reflector);
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

  const publishReach = async (reach: Reach): Promise<boolean> => {
    let isComplete = true;
    let isKeyed = true;
    for (const resource of WEBHOOKS) {
      const result = await reconcileConfiguration(
        { client, mayWrite },
        resource,
        parts.webhookConfiguration,
        reach,
      );
      if (result.kind === 'ok') {
        follow(resource);
        if (result.value === 'written') log.info(`Wrote caBundle and paths of ${resource.kind}`);
        continue;
      }
      isKeyed = false;
      // Where only some namespaces are ours, the chart may give no leave to them.
      if (result.error.kind === 'Forbidden' && parts.watched !== undefined) continue;
      isComplete = false;
      onProblem(result.error);
    }
    publishedKey = isKeyed ? reach.key : undefined;
    return isComplete;
  };

  /** False where something is still to be done. */
  const publishWithKeys = async (deps: CertificateDeps, bundle: string): Promise<boolean> => {
    const keys = await reconcilePathKeys(deps, publishedKey);
    if (keys.kind === 'failed') {
      onProblem(keys.error);
      return false;
    }
    for (const done of keys.value.done) log.info(`Changed the keys of the webhooks' paths: ${done}`);
    return publishReach({ bundle, key: keys.value.keys.current });
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
    const complete = (await publishWithKeys(deps, bundle)) && isPublished;
    published = complete ? bundle : undefined;
    const server = await reconcileServer(deps, parts.names);
    if (server.kind === 'failed') {
      onProblem(server.error);
      return RETRY;
    }
    for (const done of server.value.done) log.info(`Changed server certificate: ${done}`);
    const isShown = await giveGateways(deps);
    return complete && isShown ? Math.min(authority.value.again, server.value.again, LOOK_INTERVAL) : RETRY;
  };

  /** False where something is still to be done, and so for the other. They are looked at as often as all the rest. */
  const giveGateways = async (deps: CertificateDeps): Promise<boolean> => {
    let isComplete = true;
    for (const { namespace, name } of parts.gateways) {
      const secret = { namespace, name: gatewaySecret(name) };
      const result = await reconcileServer(deps, serviceNames([name], namespace), secret);
      if (result.kind === 'failed') {
        isComplete = false;
        onProblem(result.error);
      } else {
        for (const done of result.value.done) {
          log.info(`Changed server certificate: ${done}`, { gateway: `${namespace}/${name}` });
        }
      }
    }
    return isComplete;
  };

  /** Milliseconds until the next time. */
  const onceProvided = async (): Promise<number> => {
    const seen = await getSecret(client, { namespace: home, name: SERVER_SECRET });
    const bundle = seen.kind === 'ok' ? providedBundle(seen.value.data, parts.names, home) : seen;
    if (bundle.kind === 'failed') {
      onProblem(bundle.error);
      return RETRY;
    }
    const isPublished = await publishBundles(bundle.value);
    const deps = { client, mayWrite, issuing, namespace: home };
    return (await publishWithKeys(deps, bundle.value)) && isPublished ? LOOK_INTERVAL : RETRY;
  };

  const run = async (): Promise<void> => {
    await Promise.all(bundles.map((reflector) => reflector.synced()));
    while (!stopped.signal.aborted && mayWrite()) {
      awaken = new AbortController();
      const delay = await (parts.provided ? onceProvided() : once());
      await sleep(clock, delay, AbortSignal.any([stopped.signal, awaken.signal]));
    }
  };
  const running = run();

  return {
    look,
    async stop() {
      stopped.abort();
      await Promise.all([...bundles, ...configurations.values()].map((reflector) => reflector.stop()));
      await running;
    },
  };
}

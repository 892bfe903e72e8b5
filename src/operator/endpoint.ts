/** Where validators find the leader: a Service without selector, whose only endpoint the leader writes. */

import { isIPv6 } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Draft, KubernetesClient } from '../kubernetes/client.ts';
import { type KubernetesError, type Outcome, ok } from '../kubernetes/errors.ts';
import type { Cached, KubernetesObject } from '../kubernetes/object.ts';
import { createQueue } from '../kubernetes/queue.ts';
import { type Reflector, startReflector } from '../kubernetes/reflector.ts';
import { RESOURCES } from './resources.ts';

export interface LeaderEndpoint {
  /** The control plane's own. */
  readonly namespace: string;
  /** Of the policy Service; the slice has the same name. */
  readonly service: string;
  /** Of this pod. */
  readonly address: string;
  readonly port: number;
}

export interface EndpointKeeperParts {
  readonly client: Pick<KubernetesClient, 'apply' | 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Asked right before each write. */
  readonly mayWrite: () => boolean;
  readonly onProblem: (error: KubernetesError) => void;
  readonly onBug: (error: unknown) => void;
}

export interface EndpointKeeper {
  /** Publishes this replica's address in place of any other, and keeps it published. */
  publish(port: number, signal: AbortSignal): Promise<Outcome<undefined>>;
  /** Resolves when no write is under way. */
  stop(): Promise<void>;
}

interface Seen extends Cached {
  readonly address: string;
  readonly port: number;
}

/**
 * Others may write the slice after us: a former leader, whose write was long under way, or a person. Validators would
 * not find the leader any more.
 */
export function createEndpointKeeper(
  { client, clock, random, mayWrite, onProblem, onBug }: EndpointKeeperParts,
  where: Omit<LeaderEndpoint, 'port'>,
): EndpointKeeper {
  const { namespace, service, address } = where;
  let reflector: Reflector<Seen> | undefined;
  let published: number | undefined;
  let stopped = false;

  const queue = createQueue<'slice'>({
    clock,
    random,
    concurrency: 1,
    onBug: (_, error) => onBug(error),
    async work(_, signal) {
      if (published === undefined || !mayWrite()) return { kind: 'done' };
      const answer = await client.apply(RESOURCES.EndpointSlice, sliceOf({ ...where, port: published }), {
        signal,
      });
      if (answer.kind === 'ok') return { kind: 'done' };
      onProblem(answer.error);
      return { kind: 'retry', afterMilliseconds: (answer.error.retryAfter ?? 0) * 1000 };
    },
  });

  const follow = (): Reflector<Seen> =>
    startReflector<Seen>({
      client,
      clock,
      random,
      onProblem,
      resource: RESOURCES.EndpointSlice,
      selection: { namespace, fieldSelector: `metadata.name=${service}` },
      trim: readSlice,
      onChange({ kind, object }) {
        const isHere = kind !== 'deleted' && object.address === address && object.port === published;
        if (!isHere) queue.add('slice');
      },
    });

  return {
    async publish(port, signal) {
      const answer = await client.apply(RESOURCES.EndpointSlice, sliceOf({ ...where, port }), { signal });
      if (answer.kind === 'failed') return answer;
      published = port;
      if (!stopped) reflector ??= follow();
      return ok(undefined);
    },
    async stop() {
      stopped = true;
      await Promise.all([reflector?.stop(), queue.stop()]);
    },
  };
}

function sliceOf({ namespace, service, address, port }: LeaderEndpoint): Draft {
  return {
    metadata: {
      namespace,
      name: service,
      labels: {
        'kubernetes.io/service-name': service,
        'endpointslice.kubernetes.io/managed-by': 'portcullis.dev',
        'app.kubernetes.io/managed-by': 'portcullis',
      },
    },
    addressType: isIPv6(address) ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'policy', port, protocol: 'TCP' }],
  };
}

/** Of more than one endpoint or port nothing is ours. */
function readSlice({ metadata, endpoints, ports }: KubernetesObject): Seen {
  const { name, namespace = '', uid, resourceVersion } = metadata;
  const endpoint = onlyOf(endpoints);
  const address = endpoint === undefined ? undefined : onlyText(endpoint.addresses);
  const port = onlyOf(ports)?.port;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    address: address ?? '',
    port: typeof port === 'number' ? port : 0,
  };
}

function onlyOf(value: JsonValue | undefined): JsonObject | undefined {
  const [first, ...others] = Array.isArray(value) ? value : [];
  return others.length === 0 && isJsonObject(first) ? first : undefined;
}

function onlyText(value: JsonValue | undefined): string | undefined {
  const [first, ...others] = Array.isArray(value) ? value : [];
  return others.length === 0 && typeof first === 'string' ? first : undefined;
}

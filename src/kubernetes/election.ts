/** One attempt to take or keep a Lease: compare-and-swap by resourceVersion, so that of two only one succeeds. */

import type { Clock } from '../base/clock.ts';
import type { CallOptions, KubernetesClient } from './client.ts';
import type { KubernetesError, Outcome } from './errors.ts';
import { heldSpec, type LeaseRecord, type Observation, observe, readLease, validUntil } from './lease.ts';
import type { KubernetesObject, ObjectName } from './object.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';

export interface Candidacy {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly lease: ObjectName;
  readonly identity: string;
  readonly leaseSeconds: number;
}

/** What is known of the Lease from one attempt to the next. */
export interface Knowledge {
  readonly observation: Observation;
  readonly resourceVersion: string;
}

export type Attempt =
  /** It is ours, counted from before the write was sent: others count from when they see it, which is later. */
  | { readonly kind: 'held'; readonly knowledge: Knowledge; readonly sent: Moment }
  | { readonly kind: 'other'; readonly knowledge: Knowledge }
  | {
      readonly kind: 'problem';
      readonly error: KubernetesError;
      readonly knowledge: Knowledge | undefined;
      /** A write was sent, and it is not known whether it arrived. */
      readonly unsure: boolean;
    };

/** A moment by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly now: number;
}

/** @param holding that the last attempt held it: then the Lease need not be read first. */
export async function attempt(
  candidacy: Candidacy,
  before: Knowledge | undefined,
  holding: boolean,
  options: CallOptions,
): Promise<Attempt> {
  if (before !== undefined && holding) {
    const renewed = await write(candidacy, before, options);
    if (renewed.kind !== 'problem' || renewed.error.kind !== 'Conflict') return renewed;
  }
  const { client, clock, lease, identity } = candidacy;
  const seen = await client.get(KUBERNETES_RESOURCES.Lease, lease, options);
  if (seen.kind === 'failed') {
    if (seen.error.kind === 'NotFound') return write(candidacy, undefined, options);
    return { kind: 'problem', error: seen.error, knowledge: before, unsure: false };
  }
  const knowledge = learn(before, seen.value, clock.monotonic());
  const { holder } = knowledge.observation.record;
  const taken = holder !== identity && validUntil(knowledge.observation) > clock.monotonic();
  return taken ? { kind: 'other', knowledge } : write(candidacy, knowledge, options);
}

function learn(before: Knowledge | undefined, object: KubernetesObject, at: number): Knowledge {
  return {
    observation: observe(before?.observation, readLease(object), at),
    resourceVersion: object.metadata.resourceVersion,
  };
}

async function write(
  { client, clock, lease, identity, leaseSeconds }: Candidacy,
  before: Knowledge | undefined,
  options: CallOptions,
): Promise<Attempt> {
  const sent = { monotonic: clock.monotonic(), now: clock.now() };
  const record: LeaseRecord | undefined = before?.observation.record;
  const spec = heldSpec(identity, record, leaseSeconds, sent.now);
  const answer: Outcome<KubernetesObject> =
    before === undefined
      ? await client.create(KUBERNETES_RESOURCES.Lease, { metadata: { ...lease }, spec }, options)
      : await client.replace(
          KUBERNETES_RESOURCES.Lease,
          { metadata: { ...lease, resourceVersion: before.resourceVersion }, spec },
          options,
        );
  if (answer.kind === 'ok') {
    return { kind: 'held', knowledge: learn(before, answer.value, sent.monotonic), sent };
  }
  return { kind: 'problem', error: answer.error, knowledge: before, unsure: isUnsure(answer.error) };
}

function isUnsure({ kind }: KubernetesError): boolean {
  return kind === 'Timeout' || kind === 'Unreachable' || kind === 'Aborted' || kind === 'ServerError';
}

/** The Lease that a leader holds: reading it, and what a candidate does about it. Pure. */

import { isJsonObject, type JsonObject } from '../base/json.ts';
import { microTime } from './microtime.ts';
import type { KubernetesObject } from './object.ts';

export interface LeaseRecord {
  /** Empty = no replica. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  readonly transitions: number;
}

/** What was seen of the Lease, and when, by our own clock: times of other replicas are not used. */
export interface Observation {
  readonly record: LeaseRecord;
  /** Monotonic milliseconds at which this very record was first seen. */
  readonly at: number;
}

export function readLease({ spec }: KubernetesObject): LeaseRecord {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = isJsonObject(
    spec,
  )
    ? spec
    : {};
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationSeconds: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds : 0,
    acquireTime: typeof acquireTime === 'string' ? acquireTime : undefined,
    renewTime: typeof renewTime === 'string' ? renewTime : undefined,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
  };
}

/** A record that has not changed keeps the time at which it was first seen. */
export function observe(before: Observation | undefined, record: LeaseRecord, at: number): Observation {
  return before !== undefined && sameRecord(before.record, record) ? before : { record, at };
}

/** Monotonic milliseconds until which the holder may believe to be the leader. */
export function validUntil({ record, at }: Observation): number {
  return record.holder === '' ? at : at + record.durationSeconds * 1000;
}

/** The spec with which `identity` takes or keeps the Lease. */
export function heldSpec(
  identity: string,
  before: LeaseRecord | undefined,
  durationSeconds: number,
  now: number,
): JsonObject {
  const mine = before?.holder === identity;
  const time = microTime(now);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: mine ? (before.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: transitionsOf(before, mine),
  };
}

/** The spec that lets the next candidate in at once. */
export function releasedSpec(before: LeaseRecord, now: number): JsonObject {
  const time = microTime(now);
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: before.transitions,
  };
}

function transitionsOf(before: LeaseRecord | undefined, mine: boolean): number {
  if (before === undefined) return 0;
  return mine ? before.transitions : before.transitions + 1;
}

function sameRecord(one: LeaseRecord, other: LeaseRecord): boolean {
  return (
    one.holder === other.holder &&
    one.durationSeconds === other.durationSeconds &&
    one.acquireTime === other.acquireTime &&
    one.renewTime === other.renewTime &&
    one.transitions === other.transitions
  );
}

import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../base/testing/clock.ts';
import type { Condition } from '../resources/types.gen.ts';
import { createReadyEvents, type ReadyEvents } from './ready-events.ts';

const META = { namespace: 'shop', name: 'okta', uid: 'u', resourceVersion: '1' };

let clock: FakeClock;
let said: string[];
let events: ReadyEvents;

beforeEach(() => {
  clock = fakeClock();
  said = [];
  events = createReadyEvents({
    clock,
    events: { record: ({ type, reason }) => said.push(`${type} ${reason}`) },
  });
});

const ready = (status: 'True' | 'False' | 'Unknown', reason: string): Condition => ({
  type: 'Ready',
  status,
  reason,
  message: 'm',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const tell = (status: 'True' | 'False', reason: string, before?: Condition, uid = 'u') =>
  events.record('AuthenticationSource', { ...META, uid }, before, ready(status, reason));

describe('the start of an object', () => {
  it('has no Warning for what passes by itself', () => {
    tell('False', 'CABundleNotFound', ready('Unknown', 'Pending'));
    tell('False', 'UnknownHost');
    tell('True', 'Ready');
    expect(said).toEqual(['Normal CABundleNotFound', 'Normal UnknownHost', 'Normal Ready']);
  });

  it('has none for pods that start', () => {
    tell('False', 'NoReadyPods', ready('Unknown', 'Pending'));
    expect(said).toEqual(['Normal NoReadyPods']);
  });

  it('has a Warning for what does not', () => {
    tell('False', 'InvalidExpression');
    expect(said).toEqual(['Warning InvalidExpression']);
  });

  it('is over after a minute: what is still so is a Warning then', async () => {
    expect(tell('False', 'UnknownHost')).toBe(60_000);
    await clock.advance(20_000);
    expect(tell('False', 'UnknownHost')).toBe(40_000);
    await clock.advance(40_000);
    expect(tell('False', 'UnknownHost')).toBeUndefined();
    expect(said).toEqual(['Normal UnknownHost', 'Warning UnknownHost']);
  });

  it('is over when the object was ready once', () => {
    tell('True', 'Ready');
    tell('False', 'UnknownHost');
    expect(said).toEqual(['Normal Ready', 'Warning UnknownHost']);
  });

  it('begins anew with another object of the same name', () => {
    tell('True', 'Ready');
    tell('False', 'UnknownHost', undefined, 'v');
    expect(said).toEqual(['Normal Ready', 'Normal UnknownHost']);
  });
});

describe('after a restart of the operator', () => {
  it('the same is not said again, and what was ready has no start any more', () => {
    tell('True', 'Ready', ready('True', 'Ready'));
    tell('False', 'UnknownHost');
    expect(said).toEqual(['Warning UnknownHost']);
  });

  it('what was not ready is not said again, as a Warning, either', () => {
    tell('False', 'UnknownHost', ready('False', 'UnknownHost'));
    expect(said).toEqual([]);
  });
});

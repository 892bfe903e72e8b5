import { describe, expect, it } from 'vitest';
import { heldSpec, type LeaseRecord, observe, readLease, releasedSpec, validUntil } from './lease.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const RECORD: LeaseRecord = {
  holder: 'a',
  durationSeconds: 15,
  acquireTime: '2026-11-23T11:00:00.000000Z',
  renewTime: '2026-11-23T11:59:58.000000Z',
  transitions: 4,
};
const lease = (spec: Readonly<Record<string, string | number>> | undefined) =>
  readLease({
    metadata: { name: 'l', namespace: 'n', uid: 'u', resourceVersion: '1' },
    ...(spec && { spec }),
  });

describe('a Lease', () => {
  it('is read back as it is written', () => {
    expect(heldSpec('a', RECORD, 15, NOW)).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-23T11:00:00.000000Z',
      renewTime: '2026-11-23T12:00:00.000000Z',
      leaseTransitions: 4,
    });
    expect(heldSpec('b', RECORD, 15, NOW)).toMatchObject({
      acquireTime: '2026-11-23T12:00:00.000000Z',
      leaseTransitions: 5,
    });
    expect(heldSpec('a', undefined, 15, NOW)).toMatchObject({ leaseTransitions: 0 });
    expect(releasedSpec(RECORD, NOW)).toMatchObject({
      holderIdentity: '',
      leaseDurationSeconds: 1,
      leaseTransitions: 4,
    });
    expect(lease({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 4 })).toMatchObject({
      holder: 'a',
      durationSeconds: 15,
      transitions: 4,
    });
    expect(lease(undefined)).toMatchObject({ holder: '', durationSeconds: 0, transitions: 0 });
  });

  it('is valid from when its record was first seen, whatever times stand in it', () => {
    const first = observe(undefined, RECORD, 100);
    expect(observe(first, { ...RECORD }, 9000)).toBe(first);
    const renewed = observe(first, { ...RECORD, renewTime: '2001-01-01T00:00:00.000000Z' }, 9000);
    expect([validUntil(first), validUntil(renewed)]).toEqual([15_100, 24_000]);
    expect(validUntil(observe(first, { ...RECORD, holder: '' }, 9000))).toBe(9000);
  });
});

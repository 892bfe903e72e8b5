import { describe, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { probeLog } from './probe-log.ts';
import { failure, type ProbeResult } from './probe-result.ts';

const probe = {
  address: '127.0.0.1',
  otherAddress: undefined,
  port: 8080,
  timeout: 1000,
  isHook: false,
  kind: 'tcp',
} as const;
const SUCCESS: ProbeResult = { kind: 'success' };

function logged() {
  const lines: (readonly [string, string, unknown])[] = [];
  const clock = manualClock(0);
  const log = {
    info: (message: string, { problem }: { problem?: unknown }) => lines.push(['info', message, problem]),
    warn: (message: string, { problem }: { problem?: unknown }) => lines.push(['warn', message, problem]),
  };
  return { lines, clock, note: probeLog({ log, clock }, 'app/readiness', probe) };
}

describe('the log of a probe', () => {
  it('says nothing of one that succeeds', () => {
    const { lines, note } = logged();
    note(SUCCESS);
    note(SUCCESS);
    expect(lines).toEqual([]);
  });

  it('says why it fails, once, then another cause, then that it succeeds', () => {
    const { lines, clock, note } = logged();
    for (const result of [failure('a'), failure('a'), failure('b'), SUCCESS, SUCCESS]) {
      note(result);
      clock.advance(10_000);
    }
    expect(lines).toEqual([
      ['warn', 'probe fails', 'a'],
      ['warn', 'probe fails', 'b'],
      ['info', 'probe succeeds again', undefined],
    ]);
  });

  it('has a line in ten seconds at the most, and the last outcome in the end', () => {
    const { lines, clock, note } = logged();
    for (let i = 0; i < 100; i++) {
      note(i % 2 === 0 ? failure('a') : SUCCESS);
      clock.advance(1000);
    }
    expect(lines.length).toBeLessThanOrEqual(10);
    clock.advance(10_000);
    note(failure('last'));
    expect(lines.at(-1)).toEqual(['warn', 'probe fails', 'last']);
  });
});

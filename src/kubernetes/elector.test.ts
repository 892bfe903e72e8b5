import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock, settle } from '../base/testing/clock.ts';
import { type ElectorOptions, startElector, type Term } from './elector.ts';
import { type Line, leaseServer } from './testing/leases.ts';

const LEASE = { namespace: 'portcullis-system', name: 'portcullis-operator' };

function stage() {
  const clock = fakeClock();
  const server = leaseServer(clock);
  const start = (identity: string, options: Partial<ElectorOptions> = {}) => {
    const line: Line = server.line();
    const told: string[] = [];
    const terms: Term[] = [];
    const elector = startElector({
      client: line.client,
      clock,
      random: () => 0,
      lease: LEASE,
      identity,
      onStarted(term) {
        terms.push(term);
        told.push(`started ${term.epoch}`);
      },
      onStopped: (reason) => void told.push(reason),
      onHolder: (holder) => told.push(`holder ${holder}`),
      ...options,
    });
    return { line, told, terms, elector };
  };
  return { clock, server, start };
}

describe('an elector', () => {
  it('leads where nobody does, renews every two seconds, and lets go at its stop', async () => {
    const { clock, server, start } = stage();
    const { told, terms, elector } = start('a');
    await clock.advance(20_000);
    expect([elector.isLeader(), elector.holder(), told, server.writes()]).toEqual([
      true,
      'a',
      ['holder a', 'started 0'],
      11,
    ]);
    await elector.stop();
    expect([elector.isLeader(), terms[0]?.isCurrent(), terms[0]?.signal.aborted]).toEqual([
      false,
      false,
      true,
    ]);
    expect(told.at(-1)).toBe('stopped');
    expect(server.record()).toMatchObject({ holder: '', durationSeconds: 1 });
    expect(clock.due()).toEqual([]);
  });

  it('follows a leader that lets go within a second or so', async () => {
    const { clock, start } = stage();
    const first = start('a');
    await settle();
    const second = start('b');
    await clock.advance(30_000);
    expect([second.elector.isLeader(), second.told]).toEqual([false, ['holder a']]);
    await first.elector.stop();
    await clock.advance(1200);
    expect([second.elector.isLeader(), second.told.at(-1)]).toEqual([true, 'started 1']);
    await second.elector.stop();
  });

  it('releases only when the work of its term is over', async () => {
    const { server, start } = stage();
    const { promise, resolve } = Promise.withResolvers<void>();
    const { elector } = start('a', { onStopped: () => promise });
    await settle();
    const stopping = elector.stop();
    await settle();
    expect(server.record()?.holder).toBe('a');
    resolve();
    await stopping;
    expect(server.record()?.holder).toBe('');
  });

  it('follows a silent leader after the duration of its Lease, and not before', async () => {
    const { clock, start } = stage();
    const first = start('a');
    const second = start('b');
    await clock.advance(10_000);
    first.line.cut = 'requests';
    await clock.advance(14_900);
    expect(second.elector.isLeader()).toBe(false);
    await clock.advance(2100);
    expect(second.elector.isLeader()).toBe(true);
    expect(first.told.at(-1)).toBe('expired');
    await second.elector.stop();
  });

  it('stops leading ten seconds after its last good renewal', async () => {
    const { clock, start } = stage();
    const { line, told, elector } = start('a');
    await clock.advance(4000);
    line.cut = 'requests';
    await clock.advance(9999);
    expect(elector.isLeader()).toBe(true);
    await clock.advance(1);
    expect([elector.isLeader(), told.at(-1)]).toEqual([false, 'expired']);
    line.cut = 'no';
    await clock.advance(12_000);
    expect([elector.isLeader(), told.at(-1)]).toEqual([true, 'started 0']);
    await elector.stop();
  });

  it('does not believe to lead after the machine was suspended, before any timer has run', async () => {
    const { clock, start } = stage();
    const { terms, elector } = start('a');
    await clock.advance(4000);
    clock.jump(10_001);
    expect([elector.isLeader(), terms[0]?.isCurrent()]).toEqual([false, false]);
    await clock.advance(2000); // nobody else has taken it meanwhile: another term of ours
    expect(terms.map((term) => term.isCurrent())).toEqual([false, true]);
    expect(elector.isLeader()).toBe(true);
    await elector.stop();
  });

  it('goes on where a write arrived but its answer did not', async () => {
    const { clock, server, start } = stage();
    const { line, told, elector } = start('a');
    await clock.advance(4000);
    line.cut = 'answers';
    await clock.advance(3000);
    line.cut = 'no';
    await clock.advance(60_000);
    expect([elector.isLeader(), server.record()?.transitions]).toEqual([true, 0]);
    expect(told.filter((event) => event.startsWith('started'))).toHaveLength(1);
    await elector.stop();
    expect(server.record()?.holder).toBe('');
  });

  it('lets go of what it may have taken without knowing', async () => {
    const { clock, server, start } = stage();
    const { line, elector, told } = start('a', { limits: { renewSeconds: 1 } });
    line.cut = 'answers';
    await clock.advance(500);
    line.cut = 'no';
    await elector.stop();
    expect([server.record()?.holder, told]).toEqual(['', []]);
  });

  it('keeps its hands off what another holds by now', async () => {
    const { clock, server, start } = stage();
    const first = start('a');
    await clock.advance(4000);
    first.line.cut = 'requests';
    const second = start('b');
    await clock.advance(30_000);
    first.line.cut = 'no';
    await first.elector.stop();
    expect([second.elector.isLeader(), server.record()?.holder]).toEqual([true, 'b']);
    await second.elector.stop();
  });

  it('makes the Lease anew when somebody has removed it', async () => {
    const { clock, server, start } = stage();
    const { elector } = start('a');
    await clock.advance(4000);
    server.remove();
    await clock.advance(10_000);
    expect([elector.isLeader(), server.record()?.holder]).toEqual([true, 'a']);
    await elector.stop();
  });

  it('never leads together with another, whatever the network does', async () => {
    const step = fc.record({
      who: fc.nat(2),
      cut: fc.constantFrom('no' as const, 'no' as const, 'requests' as const, 'answers' as const),
      delay: fc.constantFrom(0, 300, 4000, 12_000),
      milliseconds: fc.integer({ min: 1, max: 12_000 }),
      jump: fc.constantFrom(0, 0, 0, -3_600_000, 3_600_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 15 }), async (steps) => {
        const { clock, start } = stage();
        const leading = new Set<string>();
        const check = () => expect(leading.size, [...leading].join()).toBeLessThan(2);
        const all = ['a', 'b', 'c'].map((identity) =>
          start(identity, {
            onStarted() {
              leading.add(identity);
              check();
            },
            onStopped: () => void leading.delete(identity),
          }),
        );
        for (const { who, cut, delay, milliseconds, jump } of steps) {
          const one = all[who];
          if (one !== undefined) Object.assign(one.line, { cut, delay });
          clock.jump(jump);
          await clock.advance(milliseconds);
        }
        for (const { line } of all) Object.assign(line, { cut: 'no', delay: 0 });
        await clock.advance(60_000);
        expect(leading.size).toBe(1);
        for (const { elector } of all) await elector.stop();
        expect(leading.size).toBe(0);
      }),
    );
  });
});

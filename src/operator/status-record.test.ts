import { describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import type { Condition } from '../resources/types.gen.ts';
import type { LogFields } from '../telemetry/log.ts';
import { createOperatorMetrics } from '../telemetry/operator-metrics.ts';
import { createStatusRecord, type StatusRecord } from './status-record.ts';

const condition = (type: string, status: Condition['status'], reason = 'R', message = 'm'): Condition => ({
  type,
  status,
  reason,
  message,
  observedGeneration: 1,
  lastTransitionTime: '',
});

function recording() {
  const clock = fakeClock();
  const lines: string[] = [];
  const fields: LogFields[] = [];
  const info = (text: string, more: LogFields = {}): void => {
    fields.push(more);
    lines.push(text === 'Condition changed' ? `${more.name} ${more.type} ${more.from} ${more.to}` : text);
  };
  const record = createStatusRecord({ clock, log: { info } });
  const note = (name: string, before: readonly Condition[], ...now: readonly Condition[]) =>
    record.record('ApiBinding', { namespace: 'shop', name, uid: `uid-${name}` }, before, { conditions: now });
  return { clock, lines, fields, record, note };
}

describe('a line in the log', () => {
  it('is there for each change, once', () => {
    const { lines, fields, note } = recording();
    const before = [condition('Ready', 'Unknown')];
    note('a', before, condition('Ready', 'True'), condition('Guarded', 'True'));
    note(
      'a',
      before,
      condition('Ready', 'True', 'Other'),
      condition('Guarded', 'False', 'NeverAsked', 'x'.repeat(999)),
    );
    note('a', before, condition('Ready', 'True'), condition('Guarded', 'False'));
    expect(lines).toEqual(['a Ready Unknown True', 'a Guarded Unknown True', 'a Guarded True False']);
    expect(fields[2]).toMatchObject({ kind: 'ApiBinding', namespace: 'shop', reason: 'NeverAsked' });
    expect(String(fields[2]?.message)).toHaveLength(257);
  });

  it('is not there for what the object showed before, as after a restart', () => {
    const { lines, note } = recording();
    note('a', [condition('Ready', 'True')], condition('Ready', 'True'));
    expect(lines).toEqual([]);
  });

  it('is there where Stalled comes and goes', () => {
    const { lines, note } = recording();
    note('a', [], condition('Stalled', 'True'));
    note('a', []);
    note('a', []);
    expect(lines).toEqual(['a Stalled False True', 'a Stalled True False']);
  });

  it('is left out where there are too many, and those are counted', async () => {
    const { clock, lines, fields, note } = recording();
    for (let n = 0; n < 5000; n++) note(`b-${n}`, [], condition('Ready', 'False'));
    expect(lines).toHaveLength(100);
    await clock.advance(1000);
    note('last', [], condition('Ready', 'False'));
    expect(lines.slice(100)).toEqual(['More conditions changed than are logged', 'last Ready Unknown False']);
    expect(fields[100]).toEqual({ changes: 4900 });
  });

  it('leaves the log to others where the conditions of one object come and go', async () => {
    const { clock, lines, fields, note } = recording();
    const flap = (times: number) => {
      for (let n = 0; n < times; n++) note('a', [], condition('Ready', n % 2 === 0 ? 'True' : 'False'));
    };
    // Slow enough for the bound on all lines.
    for (let second = 0; second < 50; second++) {
      flap(2);
      await clock.advance(1000);
    }
    expect(lines).toHaveLength(20);
    note('b', [], condition('Ready', 'True'));
    expect(lines.slice(20)).toEqual(['More conditions changed than are logged', 'b Ready Unknown True']);
    expect(fields[20]).toEqual({ changes: 80 });
    await clock.advance(60_000);
    flap(10);
    expect(lines.slice(22)).toHaveLength(1);
  });
});

describe('metrics', () => {
  const render = (record: StatusRecord, certificateEnd?: number) =>
    createOperatorMetrics({
      isLeader: () => true,
      watchAges: () => [],
      validators: () => [],
      keyAges: () => [],
      keysLeftOut: () => [],
      objects: () => record.states(),
      certificateEnd: () => certificateEnd,
    }).render();
  const series = async (record: StatusRecord, end?: number) =>
    (await render(record, end))
      .split('\n')
      .filter((line) => /^portcullis_(binding|source|certificate)_/.test(line));

  it('have one series for each condition, with the status that it has, as long as the object is there', async () => {
    const { record } = recording();
    const a = { namespace: 'shop', name: 'a', uid: 'u' };
    const note = (status: Condition['status'], podsUnguarded: number) =>
      record.record('ApiBinding', a, [], {
        conditions: [condition('Ready', status)],
        podsUnguarded,
        podsOutdated: 2,
      });
    note('False', 3);
    record.record('AuthenticationSource', a, [], { conditions: [condition('Ready', 'True')] });
    expect(await series(record, 1700)).toEqual([
      'portcullis_certificate_expiry_timestamp_seconds{certificate="server"} 1700',
      'portcullis_binding_condition{namespace="shop",binding="a",type="Ready",status="False"} 1',
      'portcullis_source_condition{namespace="shop",source="a",type="Ready",status="True"} 1',
      'portcullis_binding_pods_unguarded{namespace="shop",binding="a"} 3',
      'portcullis_binding_pods_outdated{namespace="shop",binding="a"} 2',
    ]);
    note('True', 0);
    record.forget('AuthenticationSource', 'shop/a');
    expect(await series(record)).toEqual([
      'portcullis_binding_condition{namespace="shop",binding="a",type="Ready",status="True"} 1',
      'portcullis_binding_pods_outdated{namespace="shop",binding="a"} 2',
    ]);
  });

  it('give the reason for which Guarded is False, as long as it is', async () => {
    const { record, note } = recording();
    note('a', [], condition('Ready', 'False'), condition('Guarded', 'False', 'PodsUnguarded'));
    note('b', [], condition('Ready', 'True'), condition('Guarded', 'True', 'Guarded'));
    const reasons = async () => (await series(record)).filter((line) => line.includes('not_guarded'));
    expect(await reasons()).toEqual([
      'portcullis_binding_not_guarded{namespace="shop",binding="a",reason="PodsUnguarded"} 1',
    ]);
    note('a', [], condition('Guarded', 'True', 'Guarded'));
    expect(await reasons()).toEqual([]);
  });

  it.each([
    ['current', { is: condition('KeysAvailable', 'True', 'KeysAvailable') }],
    [
      'failing',
      { is: condition('KeysAvailable', 'True', 'UnknownHost'), issuerError: {}, keysChangedTime: 't' },
    ],
    ['never_read', { is: condition('KeysAvailable', 'Unknown', 'Pending') }],
    ['never_read', { is: condition('KeysAvailable', 'False', 'UnknownHost'), issuerError: {} }],
    ['stale', { is: condition('KeysAvailable', 'False', 'KeysStale'), keysChangedTime: 't' }],
    [
      'stale',
      { is: condition('KeysAvailable', 'False', 'UnknownHost'), issuerError: {}, keysChangedTime: 't' },
    ],
    ['not_accepted', { is: condition('KeysAvailable', 'False', 'NotAccepted'), keysChangedTime: 't' }],
  ])('say of the keys of a source: %s', async (state, { is, ...status }) => {
    const { record } = recording();
    const a = { namespace: 'shop', name: 'a', uid: 'u' };
    record.record('AuthenticationSource', a, [], { conditions: [is], ...status });
    expect((await series(record)).filter((line) => line.includes('source_keys'))).toEqual([
      `portcullis_source_keys{namespace="shop",source="a",state="${state}"} 1`,
    ]);
  });

  it('tell 10,000 objects of a kind apart, and leave out those beyond', async () => {
    const { record, note } = recording();
    for (let n = 0; n < 10_001; n++) note(`b-${n}`, [], condition('Ready', 'True'));
    expect(await series(record)).toHaveLength(10_000);
  });
});

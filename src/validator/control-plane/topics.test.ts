import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import type { LogFields } from '../../telemetry/log.ts';
import { createTopics, describePolicyAge, REPORT_AGAIN } from './topics.ts';

function setUp() {
  const clock = manualClock();
  const lines: (readonly [message: string, fields: LogFields | undefined])[] = [];
  const hear = (message: string, fields?: LogFields) => void lines.push([message, fields]);
  const topics = createTopics({
    log: { info: hear, warn: hear, error: hear, flush: async () => {} },
    monotonic: clock.monotonic,
    fields: () => ({ policy: `after ${clock.monotonic()} ms` }),
  });
  return { clock, lines, topics, said: () => lines.map(([message]) => message) };
}

const remedy = 'docs/troubleshooting.md#the-control-plane-cannot-be-reached';

it('a problem is told once, with how the policy stands then, and again when it still lasts', () => {
  const { clock, lines, topics } = setUp();
  topics.report('a', 'away');
  clock.advance(REPORT_AGAIN - 1);
  topics.report('a', 'away');
  expect(lines).toEqual([['away', { policy: 'after 0 ms', remedy }]]);
  clock.advance(1);
  topics.report('a', 'away');
  topics.report('a', 'away');
  expect(lines.slice(1)).toEqual([['away', { policy: `after ${REPORT_AGAIN} ms`, remedy }]]);
});

it('what to do stands in the page that is named', () => {
  const page = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^##+ (.*)$/gm)].map(([, text = '']) =>
    text.toLowerCase().replaceAll(' ', '-'),
  );
  expect(headings).toContain(remedy.split('#')[1]);
});

it('the last one stands until all is well', () => {
  const { topics, said } = setUp();
  topics.clear();
  expect([topics.last(), said()]).toEqual([undefined, []]);
  topics.report('a', 'mute');
  topics.report('b', 'gone');
  expect(topics.last()).toBe('gone');
  topics.clear();
  topics.clear();
  expect([topics.last(), said()]).toEqual([undefined, ['mute', 'gone', 'the control plane answers again']]);
  topics.report('a', 'mute');
  expect(said().at(-1)).toBe('mute');
});

it('ever other topics write no more lines than there can be causes', () => {
  const { topics, lines } = setUp();
  for (let i = 0; i < 1000; i++) topics.report(`status ${i}`, 'odd');
  expect(lines).toHaveLength(100);
});

it.each([
  [undefined, 86_400, 'none: every request gets policy_missing until the control plane answers'],
  [15.9, 86_400, 'confirmed 15s ago; it is used for another 23h59m44s'],
  [0, 60, 'confirmed 0s ago; it is used for another 1m'],
  [60, 60, 'confirmed 1m ago; it is used for another 0s'],
  [
    86_401,
    86_400,
    'confirmed 24h1s ago, which is too long ago: every request gets policy_missing until the control plane answers',
  ],
])('%s of %s s', (age, maxStale, words) => {
  expect(describePolicyAge(age, maxStale)).toBe(words);
});

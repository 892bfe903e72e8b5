import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import type { LogFields } from '../../telemetry/log.ts';
import { createTopics, TELL_AGAIN } from './topics.ts';

function setUp() {
  const clock = manualClock();
  const lines: (readonly [message: string, fields: LogFields | undefined])[] = [];
  const hear = (message: string, fields?: LogFields) => void lines.push([message, fields]);
  const topics = createTopics({
    log: { info: hear, warn: hear, error: hear, flush: async () => {} },
    elapsed: clock.monotonic,
    fields: () => ({ policy: `after ${clock.monotonic()} ms` }),
  });
  return { clock, lines, topics, said: () => lines.map(([message]) => message) };
}

const remedy = 'docs/troubleshooting.md#the-control-plane-cannot-be-reached';

it('a problem is told once, with how the policy stands then, and again when it still lasts', () => {
  const { clock, lines, topics } = setUp();
  topics.tell('a', 'away');
  clock.advance(TELL_AGAIN - 1);
  topics.tell('a', 'away');
  expect(lines).toEqual([['away', { policy: 'after 0 ms', remedy }]]);
  clock.advance(1);
  topics.tell('a', 'away');
  topics.tell('a', 'away');
  expect(lines.slice(1)).toEqual([['away', { policy: `after ${TELL_AGAIN} ms`, remedy }]]);
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
  topics.tell('a', 'mute');
  topics.tell('b', 'gone');
  expect(topics.last()).toBe('gone');
  topics.clear();
  topics.clear();
  expect([topics.last(), said()]).toEqual([undefined, ['mute', 'gone', 'the control plane answers again']]);
  topics.tell('a', 'mute');
  expect(said().at(-1)).toBe('mute');
});

it('ever other topics write no more lines than there can be causes', () => {
  const { topics, lines } = setUp();
  for (let i = 0; i < 1000; i++) topics.tell(`status ${i}`, 'odd');
  expect(lines).toHaveLength(100);
});

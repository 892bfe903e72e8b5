import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createProgress } from './progress.ts';

function started(isTerminal: boolean) {
  const written: string[] = [];
  const clock = manualClock();
  const progress = createProgress((text) => void written.push(text), isTerminal, clock);
  return { written, clock, progress };
}

it('says nothing of what is soon done', () => {
  const { written, clock, progress } = started(true);
  progress.say('reading pods');
  clock.advance(999);
  progress.end();
  clock.advance(10_000);
  expect(written).toEqual([]);
});

it('says what takes longer, and leaves nothing of it', () => {
  const { written, clock, progress } = started(true);
  progress.say('reading pods');
  clock.advance(1000);
  progress.say('reading routes');
  progress.end();
  expect(written).toEqual(['\r\u001b[Kreading pods', '\r\u001b[Kreading routes', '\r\u001b[K']);
});

it('says nothing in a pipe', () => {
  const { written, clock, progress } = started(false);
  progress.say('reading pods');
  clock.advance(10_000);
  progress.end();
  expect(written).toEqual([]);
});

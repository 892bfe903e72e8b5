import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { createQuietLog, INTERVAL } from './quiet.ts';

it('says each kind of line once a minute, and how often it did not', async () => {
  const clock = fakeClock();
  const lines: unknown[] = [];
  const quiet = createQuietLog({ warn: (...line) => void lines.push(line) }, clock);
  quiet('Caller was refused', { status: 401 });
  quiet('Caller was refused', { status: 403 });
  quiet('Caller was refused', { status: 401 });
  quiet('Token of a validator could not be reviewed');
  await clock.advance(INTERVAL);
  quiet('Caller was refused', { status: 403 });
  await clock.advance(INTERVAL);
  quiet('Caller was refused', { status: 401 });
  expect(lines).toEqual([
    ['Caller was refused', { status: 401 }],
    ['Token of a validator could not be reviewed', {}],
    ['Caller was refused', { status: 403, unsaid: 2 }],
    ['Caller was refused', { status: 401 }],
  ]);
});

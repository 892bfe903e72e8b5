import { expect, it } from 'vitest';
import { request } from '../../test/support/decide.ts';
import { manualClock } from '../base/testing/manual-clock.ts';
import { misdirectedCheck } from '../decision/answers.ts';
import { createAnswer } from './answer.ts';

it('what was refused without being judged is counted and logged', () => {
  const counted: unknown[] = [];
  const logged: unknown[] = [];
  const { noteRefusal } = createAnswer({
    authorize: () => {
      throw new Error('never asked');
    },
    denials: { note: ({ request: { target } }, { reason }) => void logged.push([target, reason]) },
    metrics: { decided: (...decision) => void counted.push(decision) },
    clock: manualClock(),
  });
  noteRefusal({ request: request({ target: '/validate' }), client: undefined }, misdirectedCheck('why'));
  expect(counted).toEqual([[undefined, 'denied', 'request_malformed', 0]]);
  expect(logged).toEqual([['/validate', 'request_malformed']]);
});

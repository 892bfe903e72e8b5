import { expect, it } from 'vitest';
import { request } from '../../test/support/decide.ts';
import { misdirectedCheck } from '../decision/answers.ts';
import { createRecord } from './record.ts';

it('what was refused without being judged is counted and logged', () => {
  const counted: unknown[] = [];
  const logged: unknown[] = [];
  const record = createRecord(
    { decided: (...decision) => void counted.push(decision) },
    { note: ({ request: { pathAndQuery } }, { reason }) => void logged.push([pathAndQuery, reason]) },
  );
  record({ request: request({ pathAndQuery: '/validate' }), client: undefined }, misdirectedCheck('why'));
  expect(counted).toEqual([[undefined, 'denied', 'request_malformed', 0]]);
  expect(logged).toEqual([['/validate', 'request_malformed']]);
});

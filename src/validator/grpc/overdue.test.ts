import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { CALL_TIMEOUT, createOverdue } from './overdue.ts';

it('calls are ended when their time is over, and no others', async () => {
  const clock = fakeClock();
  const overdue = createOverdue(clock);
  overdue.start();
  const ended: string[] = [];
  const call = (name: string) => ({ close: () => void ended.push(name) });
  const [stays, leaves, comesLate] = [call('stays'), call('leaves'), call('comes late')];
  overdue.add(stays);
  overdue.add(leaves);
  await clock.advance(CALL_TIMEOUT / 2);
  overdue.add(comesLate);
  overdue.delete(leaves);
  expect(ended).toEqual([]);
  await clock.advance(CALL_TIMEOUT / 2);
  expect(ended).toEqual(['stays']);
  await clock.advance(CALL_TIMEOUT / 2);
  expect(ended).toEqual(['stays', 'comes late']);
  overdue.stop();
  expect(clock.due()).toEqual([]);
});

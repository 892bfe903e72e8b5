import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createUnspeltLog } from './unspelt-log.ts';

it('tells once a minute of each claim of each source', () => {
  const clock = manualClock(0);
  const lines: unknown[] = [];
  const note = createUnspeltLog({ warn: (_, fields) => lines.push(fields) }, clock);
  for (let i = 0; i < 1000; i++) note('shop/okta', 'uid');
  note('shop/okta', 'oid');
  note('shop/other', 'uid');
  expect(lines).toEqual([
    { source: 'shop/okta', claim: 'uid' },
    { source: 'shop/okta', claim: 'oid' },
    { source: 'shop/other', claim: 'uid' },
  ]);
  clock.advance(59_999);
  note('shop/okta', 'uid');
  expect(lines).toHaveLength(3);
  clock.advance(1);
  note('shop/okta', 'uid');
  expect(lines).toHaveLength(4);
});

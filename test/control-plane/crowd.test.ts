/** A change reaches a crowd. How fast it must be is measured by `make bench`, where nothing else runs beside it. */

import { expect, it } from 'vitest';
import { measureSpread } from '../bench/control-plane.ts';

const CROWD = 1000;

it('a thousand validators acknowledge each change, and none is sent away', async () => {
  const { validators, rows } = await measureSpread(CROWD, 2);
  expect(validators).toBe(CROWD);
  expect(rows).toHaveLength(3);
  for (const { p99 } of rows) expect(p99).toBeGreaterThan(0);
});

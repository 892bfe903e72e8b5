/**
 * One seed for every property test, so that a run can be repeated. PROPERTY_SEED and PROPERTY_RUNS look
 * elsewhere, and longer: PROPERTY_SEED=$RANDOM PROPERTY_RUNS=5000 npx vitest run src/matching
 */

import fc from 'fast-check';

const { PROPERTY_SEED, PROPERTY_RUNS } = process.env;

fc.configureGlobal({
  seed: Number(PROPERTY_SEED ?? 1),
  ...(PROPERTY_RUNS === undefined ? {} : { numRuns: Number(PROPERTY_RUNS) }),
});

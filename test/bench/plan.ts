/** How long and how often everything is measured: `BENCH=short` for a look, else for the record. */

import type { CrowdPlan } from './crowd.ts';
import type { OperatorPlan } from './operator.ts';

export interface Plan {
  readonly seconds: number;
  /** Before each measurement, uncounted: until then Node.js is busy with compiling. */
  readonly warmUp: number;
  /** What is compared is measured in turn, so many times; medians count. */
  readonly rounds: number;
  readonly algorithms: readonly string[];
  /** Tokens that fit into the validator's cache. */
  readonly cachedTokens: number;
  /** Tokens that do not: taken in turn, each has left the cache when it comes again. */
  readonly uncachedTokens: number;
  readonly operator: OperatorPlan;
  /** Objects as dear as they may be, in the cluster of another operator. */
  readonly hostile: number;
  readonly crowd: CrowdPlan;
  readonly envoyGateway: { readonly seconds: number; readonly rounds: number };
}

const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA'],
  ...['HS256', 'HS384', 'HS512'],
];

const WHOLE: OperatorPlan = {
  scale: { namespaces: 100, sources: 1000, discovered: 20, bindings: 10_000, validators: 1000 },
  changes: 5,
  quiet: 60,
};
const SHORT: OperatorPlan = {
  scale: { namespaces: 10, sources: 100, discovered: 5, bindings: 1000, validators: 100 },
  changes: 2,
  quiet: 15,
};

const CROWD = { bindings: 2000, pods: 2000 } as const;

export function planFor(name: string | undefined): Plan {
  const tokens = { cachedTokens: 5000, uncachedTokens: 25_000 };
  return name === 'short'
    ? {
        seconds: 2,
        warmUp: 4,
        rounds: 3,
        algorithms: ['RS256', 'ES256'],
        operator: SHORT,
        hostile: 200,
        crowd: { ...CROWD, rounds: 1, looking: 1150 },
        envoyGateway: { seconds: 1, rounds: 7 },
        ...tokens,
      }
    : {
        seconds: 8,
        warmUp: 4,
        rounds: 3,
        algorithms: ALGORITHMS,
        operator: WHOLE,
        hostile: 1000,
        crowd: { ...CROWD, rounds: 3, looking: 3000 },
        envoyGateway: { seconds: 1, rounds: 17 },
        ...tokens,
      };
}

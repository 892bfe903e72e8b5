/** A source's keys, fetched once from its identity provider, under the rules that a validator has by default. */

import { systemClock } from '../base/clock.ts';
import { DEFAULT_DENIED_CIDRS, denyList } from '../issuers/deny.ts';
import { createGet } from '../issuers/http.ts';
import { createIssuer, type IssuerState } from '../issuers/issuer.ts';
import type { Environment } from '../issuers/proxy.ts';
import type { FetchPlan } from '../keys/plan.ts';

export type FetchKeys = (plan: FetchPlan, environment: Environment) => Promise<IssuerState>;

/** What became of the first attempt. */
export const fetchKeys: FetchKeys = (plan, environment) => {
  const denied = denyList(DEFAULT_DENIED_CIDRS);
  if (denied.kind === 'refused') throw new TypeError(denied.problem);
  const get = createGet({ deny: denied.list, allowInsecureHttp: false, environment });
  return new Promise((resolve) => {
    createIssuer(plan, {
      get,
      // There is no second attempt.
      clock: { now: systemClock.now, after: () => () => {} },
      random: Math.random,
      onFetch: () => {},
      onChange: resolve,
    });
  });
};

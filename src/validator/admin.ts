/** Pages for people, probes and scrapers: the admin address, and the address that probes use. */

import type { Server } from 'node:http';
import type { Policy } from '../policy/policy.ts';
import {
  type HealthParts,
  healthPages,
  type Page,
  type Pages,
  pageServer,
  textPage,
} from '../process/pages.ts';

export interface AdminParts extends HealthParts {
  /** The policy in force; it holds no secrets. */
  readonly policy: () => Policy | undefined;
}

/** `/healthz`, `/readyz`, `/metrics` and `/policy`. Does not listen yet. */
export function createAdminServer(parts: AdminParts): Server {
  const { healthz, readyz, metrics } = healthPages(parts);
  return pageServer({
    '/healthz': healthz,
    '/readyz': readyz,
    '/metrics': metrics,
    '/policy': () => policyPage(parts),
  });
}

export interface ProbeParts extends HealthParts {
  /** Undefined = all that the start has to do is done; else what is not. */
  readonly unstarted: () => string | undefined;
  /** The app's own probes. */
  readonly pages: Pages;
}

/** `/healthz`, `/readyz`, `/startupz`, `/metrics` and the app's probes: nothing that the outside should not see. */
export function createProbeServer(parts: ProbeParts): Server {
  const { healthz, readyz, metrics } = healthPages(parts);
  const startupz = (): Page => {
    const problem = parts.unstarted();
    return problem === undefined ? textPage(200, 'ok') : textPage(503, problem);
  };
  return pageServer({
    '/healthz': healthz,
    '/readyz': readyz,
    '/startupz': startupz,
    '/metrics': metrics,
    ...parts.pages,
  });
}

function policyPage({ policy }: AdminParts): Page {
  const current = policy();
  return current === undefined
    ? textPage(404, 'no policy has been received yet')
    : { status: 200, type: 'application/json', body: `${JSON.stringify(current, null, 2)}\n` };
}

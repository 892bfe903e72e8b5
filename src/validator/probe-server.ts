/** The address that probes and scrapers use, which others may reach: it tells nothing that the outside should not see. */

import type { Server } from 'node:http';
import {
  type HealthParts,
  healthPages,
  type Page,
  type Pages,
  pageServer,
  textPage,
} from '../process/pages.ts';

export interface ProbeParts extends HealthParts {
  /** Undefined = all that the start has to do is done; else what is not. */
  readonly unstarted: () => string | undefined;
  /** The app's own probes. */
  readonly pages: Pages;
}

/** `/healthz`, `/readyz`, `/startupz`, `/metrics` and the app's probes. Does not listen yet. */
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

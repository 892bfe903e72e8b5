/** The admin address: what a validator tells people of this machine, and their programs. */

import type { Server } from 'node:http';
import { shownJson } from '../../base/text.ts';
import type { Policy } from '../../policy/policy.ts';
import {
  type Endpoint,
  type HealthParts,
  healthPages,
  sendPage,
  sendTagged,
  textPage,
} from '../../process/pages.ts';
import type { LiveDecisions } from '../../report/live.ts';
import { consolePages } from './console-pages.ts';
import { decisionStream } from './decision-stream.ts';
import { type ExplainParts, explainEndpoint } from './explain.ts';
import { guardedServer } from './guarded-server.ts';
import { type KeysParts, keysPage } from './keys-page.ts';
import { limitedEndpoint } from './limited-endpoint.ts';
import { type ReportParts, reportEndpoint } from './report-page.ts';

export interface AdminParts extends HealthParts, ExplainParts, Omit<ReportParts, 'modes'> {
  /** The policy in force; it holds no secrets. */
  readonly policy: () => Policy | undefined;
  readonly live: Pick<LiveDecisions, 'listen'>;
  readonly keys: KeysParts;
  /** Milliseconds on a clock that is never set back. */
  readonly monotonic: () => number;
}

/** A report of as many rows as there may be, and a policy of a thousand bindings, takes some 30 ms of the thread, and 4 MiB; an explanation a few milliseconds. */
const REPORTS = { atOnce: 2, perSecond: 5 };
const EXPLANATIONS = { atOnce: 2, perSecond: 20 };

/** No page of it changes anything. Does not listen yet. */
export function createAdminServer(parts: AdminParts): Server {
  const { healthz, readyz, metrics } = healthPages(parts);
  const { monotonic } = parts;
  return guardedServer(
    {
      ...consolePages('validator'),
      '/healthz': healthz,
      '/readyz': readyz,
      '/metrics': metrics,
      '/keys': () => keysPage(parts.keys),
    },
    {
      '/report': limitedEndpoint(
        REPORTS,
        monotonic,
        reportEndpoint({ ...parts, modes: () => modesOf(parts.policy()) }),
      ),
      '/policy': limitedEndpoint(REPORTS, monotonic, policyEndpoint(parts)),
      '/decisions': decisionStream(parts.live),
      '/explain': limitedEndpoint(EXPLANATIONS, monotonic, explainEndpoint(parts)),
    },
  );
}

const policyEndpoint = ({ policy }: Pick<AdminParts, 'policy'>): Endpoint => ({
  method: 'GET',
  answer(request, response) {
    const current = policy();
    if (current === undefined) {
      sendPage(response, textPage(404, 'no policy has been received yet'));
      return;
    }
    sendTagged(request, response, current.version, () => ({
      status: 200,
      type: 'application/json',
      body: `${shownJson(current)}\n`,
    }));
  },
});

function modesOf(policy: Policy | undefined): ReturnType<ReportParts['modes']> {
  const modes = new Map<string, string>(policy?.bindings.map(({ id, mode }) => [id, mode]));
  for (const { id } of policy?.trials ?? []) modes.set(id, 'Trial');
  return (binding) => modes.get(binding);
}

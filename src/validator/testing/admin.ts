/** An admin server on a free port, over a policy, and the ways in which tests ask it. */

import { request as httpRequest } from 'node:http';
import { NOW } from '../../../test/support/verification.ts';
import { systemClock } from '../../base/clock.ts';
import { finishSteps } from '../../base/steps.ts';
import { prepareEnforcer } from '../../decision/enforcer.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { createLiveDecisions } from '../../report/live.ts';
import { createDecisionMemory } from '../../report/memory.ts';
import { type AdminParts, createAdminServer } from '../admin/server.ts';
import { listening } from './probing.ts';

export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface AdminQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Without a policy where `update` is undefined. */
export async function adminServer(update: PolicyUpdate | undefined, changes: Partial<AdminParts> = {}) {
  const networkOf = (address: string | undefined) => address ?? '';
  const memory = createDecisionMemory({ clock: systemClock, networkOf });
  const live = createLiveDecisions({ clock: systemClock, networkOf });
  const enforcer = update && finishSteps(prepareEnforcer(update));
  const server = createAdminServer({
    policy: () => update?.policy,
    enforcer: () => enforcer,
    seconds: () => NOW,
    monotonic: systemClock.monotonic,
    keys: { ages: () => [], leftOut: () => [], problems: () => [] },
    pause: () => Promise.resolve(),
    memory,
    live,
    unready: () => (update === undefined ? 'no policy has been received yet' : undefined),
    metrics: { contentType: 'text/plain; version=0.0.4', render: () => Promise.resolve('metric 1\n') },
    ...changes,
  });
  const port = await listening(server);
  const ask = (path: string, question: AdminQuestion = {}): Promise<AdminAnswer> =>
    askAt(port, path, question);
  return { memory, live, port, ask };
}

/** Not by fetch, which sends no Host of its own and no Sec-Fetch-Site. */
function askAt(port: number, path: string, { method = 'GET', headers = {}, body }: AdminQuestion) {
  return new Promise<AdminAnswer>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

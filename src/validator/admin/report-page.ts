/** `GET /report`: what this validator remembers of its decisions. */

import { parseDuration } from '../../base/durations.ts';
import { type Endpoint, type Page, sendPage, textPage } from '../../process/pages.ts';
import { inTurns } from '../../process/turns.ts';
import type { DecisionMemory, ReportQuestion } from '../../report/memory.ts';
import { readQuery } from './query.ts';

export interface ReportParts {
  readonly memory: Pick<DecisionMemory, 'tell'>;
  /** The mode of a binding in the policy in force. */
  readonly modes: () => ReportQuestion['modeOf'];
  /** Resolves when other work has had its turn. */
  readonly pause: () => Promise<void>;
}

const DAY = 86_400;
const FIELDS = ['since', 'binding'] as const;

export const reportEndpoint = (parts: ReportParts): Endpoint => ({
  method: 'GET',
  answer(_, response, query) {
    reportPage(parts, query)
      .then((page) => sendPage(response, page))
      .catch(() => response.destroy());
  },
});

async function reportPage({ memory, modes, pause }: ReportParts, query: string): Promise<Page> {
  const read = readQuery(query, FIELDS);
  if (read.kind === 'refused') return textPage(400, read.problem);
  const { since = [], binding = [] } = read.fields;
  if (since.length > 1 || binding.length > 1) return textPage(400, 'since and binding may be given once');
  const seconds = parseDuration(since[0] ?? '24h');
  if (seconds === undefined || seconds > DAY) {
    return textPage(400, 'since is a duration of at most 24h, such as 1h or 30m');
  }
  const question = { since: seconds * 1000, binding: binding[0], modeOf: modes() };
  return { status: 200, type: 'application/json', body: await inTurns(memory.tell(question), pause) };
}

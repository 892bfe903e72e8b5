/** One report of all validators of a cluster that judge a namespace's bindings. */

import type { Clock } from '../../base/clock.ts';
import { parseDuration } from '../../base/durations.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { askPods } from '../../kubernetes/pod-http.ts';
import { mergeReports } from '../../report/merge.ts';
import type { Report } from '../../report/report.ts';
import { few } from '../../status/texts.ts';
import type { Fleet } from './fleet.ts';
import { mayTell } from './may-tell.ts';
import { MOST_ANSWER, readReportAnswer } from './read-answer.ts';

export interface ClusterReport {
  /** Undefined where no validator has answered. */
  readonly report: Report | undefined;
  /** A sentence for each validator, or other thing, that could not be asked. */
  readonly unread: readonly string[];
}

/** Validators that are asked. */
const MOST_VALIDATORS = 1_000;
/** Bytes of all answers; those of the usual ones are some hundred KiB each. */
const MOST_BYTES = 512 * 1024 * 1024;
/** Milliseconds: a report begins with a full hour. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export async function clusterReport(
  fleet: Pick<Fleet, 'found' | 'ask' | 'progress' | 'namespace' | 'binding'>,
  since: string,
  clock: Pick<Clock, 'now'>,
): Promise<ClusterReport> {
  const { found, ask, progress, namespace, binding } = fleet;
  const pods = found.pods.slice(0, MOST_VALIDATORS);
  const question = { since, ...(binding !== undefined && { binding }) };
  let left = MOST_BYTES;
  let done = 0;
  const { told, silent } = await askPods(pods, async (pod): Promise<Outcome<Report>> => {
    if (left <= 0) return failed('TooManyRequests', 'the answers of others are too long: name one binding');
    const answer = await readReportAnswer(ask(pod), question, Math.min(left, MOST_ANSWER));
    done += 1;
    progress.say(`asked ${done} of ${pods.length} validators`);
    if (answer.kind === 'failed') return answer;
    left -= answer.value.length;
    const id = `${pod.namespace}/${pod.name}`;
    const believed = reportOf(answer.value.report, (told) =>
      mayTell(id, told, { found, namespace, binding }),
    );
    return ok({ ...believed, ...spanOf(answer.value.report, since, clock.now()) });
  });
  const [first, ...others] = told.map(({ value }) => value);
  return {
    report: first === undefined ? undefined : mergeReports([first, ...others]),
    unread: [
      ...found.unread,
      ...silentTexts(silent),
      ...(found.pods.length > pods.length
        ? [
            `there are ${found.pods.length} validators, and the first ${pods.length} were asked: name a namespace`,
          ]
        : []),
    ],
  };
}

/** A sentence for all that are silent for one reason. */
const silentTexts = (silent: readonly { readonly pod: string; readonly why: string }[]): readonly string[] =>
  [...Map.groupBy(silent, ({ why }) => why)].map(
    ([why, some]) =>
      `${few(
        some.map(({ pod }) => pod),
        'validator',
        'validators',
      )} ${some.length === 1 ? 'was' : 'were'} not asked: ${why}`,
  );

/** A clock that goes wrong, or a pod that lies, must not stretch the time that all of them tell of. */
function spanOf({ from, until }: Report, since: string, now: number): Pick<Report, 'from' | 'until'> {
  const seconds = parseDuration(since);
  const earliest = now - (seconds === undefined ? DAY : seconds * 1000) - HOUR;
  const within = (time: string, otherwise: number): string => {
    const told = Date.parse(time);
    return new Date(Math.min(now, Math.max(earliest, Number.isNaN(told) ? otherwise : told))).toISOString();
  };
  return { from: within(from, now), until: within(until, earliest) };
}

/** What was asked, as far as that validator can know it. */
const reportOf = (report: Report, isTold: (binding: string | null) => boolean): Report => ({
  ...report,
  validators: 1,
  bindings: report.bindings.filter(({ binding }) => isTold(binding)),
});

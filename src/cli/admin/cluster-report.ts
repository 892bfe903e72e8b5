/** One report of all validators of a cluster that judge a namespace's bindings. */

import { readBytes } from '../../base/bytes.ts';
import { parseJson } from '../../base/json.ts';
import { namespaceOf } from '../../base/object-id.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { askPods, type PodHttp } from '../../kubernetes/pod-http.ts';
import { mergeReports } from '../../report/merge.ts';
import { type Report, readReport } from '../../report/report.ts';
import type { Fleet } from './fleet.ts';

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
/** Bytes of one answer: more than the longest report. What calls itself a validator must not take all from the others. */
const MOST_ANSWER = 16 * 1024 * 1024;
/** Milliseconds for the whole answer of a validator. */
const PATIENCE = 30_000;

export async function clusterReport(
  fleet: Pick<Fleet, 'found' | 'ask' | 'progress' | 'namespace' | 'binding'>,
  since: string,
): Promise<ClusterReport> {
  const { found, ask, progress, namespace, binding } = fleet;
  const pods = found.pods.slice(0, MOST_VALIDATORS);
  const path = `/report?${new URLSearchParams({ since, ...(binding !== undefined && { binding }) })}`;
  let left = MOST_BYTES;
  let done = 0;
  const { told, silent } = await askPods(pods, async (pod): Promise<Outcome<Report>> => {
    const answer = await readText(ask(pod), path, Math.min(left, MOST_ANSWER));
    done += 1;
    progress.say(`asked ${done} of ${pods.length} validators`);
    if (answer.kind === 'failed') return answer;
    left -= answer.value.length;
    const read = readReport(parseJson(answer.value));
    if (read.kind === 'refused') return failed('Unexpected', `its answer ${read.problem}`);
    const isOfGateway = found.ofGateways.has(`${pod.namespace}/${pod.name}`);
    const its = isOfGateway ? undefined : pod.namespace;
    const mayTell = (one: string | null): boolean =>
      (binding === undefined || one === binding) &&
      (one === null
        ? namespace === undefined || pod.namespace === namespace
        : [namespace, its].every((place) => place === undefined || namespaceOf(one) === place));
    return ok(reportOf(read.report, mayTell));
  });
  const [first, ...others] = told.map(({ value }) => value);
  return {
    report: first === undefined ? undefined : mergeReports([first, ...others]),
    unread: [
      ...found.unread,
      ...silent.map(({ pod, why }) => `validator ${pod} was not asked: ${why}`),
      ...(found.pods.length > pods.length
        ? [
            `there are ${found.pods.length} validators, and the first ${pods.length} were asked: name a namespace`,
          ]
        : []),
    ],
  };
}

/**
 * What was asked, as far as that validator can know it: what a gateway's validators judge of others is none of this
 * namespace's, and a pod speaks for its own namespace alone.
 */
const reportOf = (report: Report, mayTell: (binding: string | null) => boolean): Report => ({
  ...report,
  validators: 1,
  bindings: report.bindings.filter(({ binding }) => mayTell(binding)),
});

async function readText(ask: PodHttp, path: string, most: number): Promise<Outcome<string>> {
  if (most <= 0) return failed('TooManyRequests', 'the answers of others are too long: name one binding');
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await ask({ method: 'GET', path, signal });
  if (answer.kind === 'failed') return answer;
  try {
    const body = await readBytes(answer.value.body, most);
    if (body === undefined) return failed('Unexpected', 'its answer is too long: name one binding');
    const text = Buffer.from(body).toString('utf8');
    if (answer.value.status === 200) return ok(text);
    const hint = answer.value.status === 404 ? ': it is of a version that keeps no report' : '';
    return failed('Unexpected', `it answers ${answer.value.status}${hint}`);
  } catch (error) {
    const isLate = signal.aborted;
    return failed(
      isLate ? 'Timeout' : 'Unreachable',
      isLate
        ? 'its answer does not end'
        : error instanceof Error
          ? error.message
          : 'it ends its answer early',
    );
  }
}

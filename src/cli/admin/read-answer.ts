/** Reads what a validator answers at its admin address, however it is reached: bounded in size and time. */

import { readBytes } from '../../base/bytes.ts';
import { parseJson } from '../../base/json.ts';
import { oneLine, shorten } from '../../base/text.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { PodAnswer, PodHttp, PodRequest } from '../../kubernetes/pod-http.ts';
import { type Report, readReport } from '../../report/report.ts';

/** Bytes: more than the longest report. What calls itself a validator must not take all from the others. */
export const MOST_ANSWER = 16 * 1024 * 1024;
/** Milliseconds for the whole answer. */
const PATIENCE = 30_000;
/** Characters of a refusal that are shown, and bytes of it that are read. */
const MOST_SHOWN = 300;
const MOST_REFUSAL = 64 * 1024;

/** The text of an answer with status 200. */
export async function readAnswer(
  ask: PodHttp,
  request: PodRequest,
  most: number = MOST_ANSWER,
): Promise<Outcome<string>> {
  const late = AbortSignal.timeout(PATIENCE);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  const answer = await ask({ ...request, signal });
  if (answer.kind === 'failed') return answer;
  if (answer.value.status !== 200)
    return failed('Unexpected', await answerRefusal(answer.value, request.path));
  try {
    const body = await readBytes(answer.value.body, most);
    return body === undefined
      ? failed('TooManyRequests', 'its answer is too long: name one binding')
      : ok(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (signal.aborted) return failed('Timeout', 'its answer does not end');
    return failed('Unreachable', error instanceof Error ? error.message : 'it ends its answer early');
  }
}

/** What another status than 200 says. */
export async function answerRefusal({ status, body }: PodAnswer, path: string): Promise<string> {
  const bytes = await readBytes(body, MOST_REFUSAL).catch(() => undefined);
  const said = oneLine(Buffer.from(bytes ?? '').toString('utf8')).trim();
  return `it answers ${status} at ${path}${said === '' ? '' : `: ${shorten(said, MOST_SHOWN)}`}`;
}

/** What answers `GET /report`, and how long that was. */
export async function readReportAnswer(
  ask: PodHttp,
  question: Readonly<Record<string, string>>,
  most?: number,
): Promise<Outcome<{ readonly report: Report; readonly length: number }>> {
  const path = `/report?${new URLSearchParams(question)}`;
  const answer = await readAnswer(ask, { method: 'GET', path }, most);
  if (answer.kind === 'failed') return answer;
  const read = readReport(parseJson(answer.value));
  return read.kind === 'refused'
    ? failed('Unexpected', `its answer ${read.problem}`)
    : ok({ report: read.report, length: answer.value.length });
}

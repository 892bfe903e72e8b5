/** One poll for the policy: the server holds it until there is news, and every stage has a time limit. */

import type { Clock } from '../../base/clock.ts';
import {
  ASKED_FIELD,
  FORMAT_FIELD,
  formatEntityTag,
  formatRejection,
  formatTakes,
  GATEWAY_PARAMETER,
  MAX_ENVELOPE_BYTES,
  POLICY_PATH,
  POLL_HOLD,
  POLL_JITTER,
  REJECTED_FIELD,
  TAKES_ALL,
  TAKES_FIELD,
  TELLS_ROUTES_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT } from '../../policy/policy.ts';
import { formatWouldDeny, WOULD_DENY_FIELD, type WouldDenyReport } from '../../policy/would-deny.ts';
import { inTurns } from '../../process/turns.ts';
import type { Heard } from '../hearing.ts';
import type { WouldDenyNews } from '../would-deny.ts';
import { type ControlPlaneAnswer, judgeBody, judgeHead, type SentReport } from './poll-answer.ts';
import { type ControlPlaneRequest, type ControlPlaneTransport, Unreachable } from './transport.ts';

/** The time limit for the head of an answer: it detects a connection whose server is gone. In milliseconds, as everything here. */
export const HEAD_LIMIT = POLL_HOLD + POLL_JITTER + 3000;
/** From the head to the end of the body. */
export const BODY_LIMIT = 30_000;

export type PollAnswer = ControlPlaneAnswer | { readonly kind: 'interrupted' };

export interface Poll {
  readonly answer: Promise<PollAnswer>;
  /** Ends the waiting, and returns true; once an answer has begun to come it does nothing, and returns false. */
  interrupt(): boolean;
  /** Ends the poll in any case. */
  abort(): void;
}

export interface PollParts {
  readonly transport: ControlPlaneTransport;
  readonly clock: Clock;
  readonly gateway: string | undefined;
  readonly heard: () => Heard;
  readonly wouldDeny: Pick<WouldDenyNews, 'next'>;
}

export function startPoll(
  asked: SentReport,
  { transport, clock, gateway, heard, wouldDeny }: PollParts,
): Poll {
  const ending = new AbortController();
  let ended: 'late' | 'interrupted' | undefined;
  let answering = false;
  let cancel = () => {};

  const end = (how: 'late' | 'interrupted'): void => {
    ended ??= how;
    ending.abort();
  };
  const limit = (milliseconds: number): void => {
    cancel();
    cancel = clock.after(milliseconds, () => end('late'));
  };

  const exchange = async (): Promise<PollAnswer> => {
    limit(HEAD_LIMIT);
    const reply = await transport.send(
      policyQuestion(asked, gateway, heard(), wouldDeny.next(asked.version)),
      ending.signal,
    );
    answering = true;
    limit(BODY_LIMIT);
    const head = judgeHead(reply, asked);
    if (head.kind !== 'body') {
      if (head.kind === 'problem' || head.kind === 'rejected') reply.drop();
      else reply.skip();
      return head;
    }
    const body = await reply.read(MAX_ENVELOPE_BYTES);
    if (body === undefined) reply.drop();
    return inTurns(judgeBody(head, body), () => new Promise((resolve) => clock.after(0, resolve)));
  };

  const answer = exchange()
    .catch((error: unknown): PollAnswer => {
      if (ended === 'interrupted') return { kind: 'interrupted' };
      if (!(error instanceof Unreachable)) throw error;
      const { topic, message } = error;
      return {
        kind: 'problem',
        topic,
        message: ended === 'late' ? `${message} (${late(answering)})` : message,
      };
    })
    .finally(() => cancel());

  return {
    answer,
    interrupt: () => {
      if (!answering) end('interrupted');
      return !answering;
    },
    abort: () => end('interrupted'),
  };
}

const late = (answering: boolean): string =>
  answering ? `not whole within ${BODY_LIMIT / 1000} s` : `no answer within ${HEAD_LIMIT / 1000} s`;

function policyQuestion(
  { version, rejected }: SentReport,
  gateway: string | undefined,
  { wasAsked, tellsRoutes }: Heard,
  counts: WouldDenyReport | undefined,
): ControlPlaneRequest {
  const query = gateway === undefined ? '' : `?${GATEWAY_PARAMETER}=${encodeURIComponent(gateway)}`;
  return {
    method: 'GET',
    pathAndQuery: `${POLICY_PATH}${query}`,
    headers: {
      accept: 'application/json',
      [FORMAT_FIELD]: String(POLICY_FORMAT),
      [TAKES_FIELD]: formatTakes(TAKES_ALL),
      ...(gateway !== undefined && { [ASKED_FIELD]: String(wasAsked) }),
      ...(gateway !== undefined &&
        tellsRoutes !== undefined && { [TELLS_ROUTES_FIELD]: String(tellsRoutes) }),
      ...(version !== undefined && { 'if-none-match': formatEntityTag(version) }),
      ...(counts !== undefined && { [WOULD_DENY_FIELD]: formatWouldDeny(counts) }),
      ...(rejected !== undefined && { [REJECTED_FIELD]: formatRejection(rejected) }),
    },
  };
}

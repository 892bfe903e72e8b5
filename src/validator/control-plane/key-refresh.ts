/** Reports unknown kids to the control plane: one question at a time for each source, and none during its cooldown. */

import type { Clock } from '../../base/clock.ts';
import { parseRefreshed, serializeRefresh } from '../../policy/envelope.ts';
import { FORMAT_FIELD, parseRetryAfter, REFRESH_PATH } from '../../policy/exchange.ts';
import { POLICY_FORMAT } from '../../policy/policy.ts';
import { type ControlPlaneTransport, type Reply, Unreachable } from './transport.ts';

/** The cooldown where the server names none: the default of a source. In seconds. */
export const REFRESH_COOLDOWN = 30;
/** The shortest cooldown, whatever the server says. In seconds. */
export const SHORTEST_COOLDOWN = 1;
/** The cooldown after a failure: the control plane may be back soon. In seconds. */
export const REFRESH_FAILURE_COOLDOWN = 5;
/** The time limit of a report: the server fetches the keys, with all redirects. In milliseconds. */
export const REFRESH_LIMIT = 15_000;
const MAX_ANSWER_BYTES = 4096;

export interface KeyRefreshParts {
  readonly transport: ControlPlaneTransport;
  readonly clock: Clock;
  /** Resolves when that version, or what came after it, is in force. */
  readonly delivered: (version: string) => Promise<void>;
  readonly onProblem: (topic: string, message: string) => void;
}

export interface KeyRefresh {
  /** Reports an unknown kid. Resolves when a new policy is in force, or none can be had; undefined in the cooldown. */
  refresh(uid: string): Promise<void> | undefined;
  stop(): void;
}

type Outcome = { readonly version: string | undefined; readonly cooldown: number };

export function createKeyRefresh(parts: KeyRefreshParts): KeyRefresh {
  const { transport, clock } = parts;
  const stopped = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  /** When each source may be asked for again, by `clock.monotonic`. */
  const closedUntil = new Map<string, number>();

  /** Under way until the keys are in force: who asks before that must wait for them, not be told of the cooldown. */
  const once = async (uid: string): Promise<void> => {
    try {
      const { version, cooldown } = await ask(uid);
      closedUntil.set(uid, clock.monotonic() + cooldown * 1000);
      if (version !== undefined && !stopped.signal.aborted) await parts.delivered(version);
    } finally {
      underWay.delete(uid);
    }
  };

  const ask = async (uid: string): Promise<Outcome> => {
    const late = new AbortController();
    const cancel = clock.after(REFRESH_LIMIT, () => late.abort());
    try {
      const question = {
        method: 'POST',
        pathAndQuery: REFRESH_PATH,
        headers: { accept: 'application/json', [FORMAT_FIELD]: String(POLICY_FORMAT) },
        body: serializeRefresh(uid),
      } as const;
      return await judge(await transport.send(question, AbortSignal.any([late.signal, stopped.signal])));
    } catch (error) {
      if (stopped.signal.aborted) return { version: undefined, cooldown: REFRESH_FAILURE_COOLDOWN };
      if (late.signal.aborted) return failed('late', 'the control plane does not say that it fetched keys');
      if (!(error instanceof Unreachable)) throw error;
      return failed(error.topic, error.message);
    } finally {
      cancel();
    }
  };

  const judge = async (reply: Reply): Promise<Outcome> => {
    const { status, headers } = reply;
    try {
      const cooldown = Math.max(
        SHORTEST_COOLDOWN,
        parseRetryAfter(headers['retry-after']) ?? REFRESH_COOLDOWN,
      );
      if (status === 429) return { version: undefined, cooldown };
      const body = status === 200 ? await reply.read(MAX_ANSWER_BYTES) : undefined;
      const version = body === undefined ? undefined : parseRefreshed(body);
      if (version !== undefined) return { version, cooldown };
      return failed('status', `the control plane does not fetch keys for us (status ${status})`);
    } finally {
      reply.drop();
    }
  };

  const failed = (topic: string, message: string): Outcome => {
    parts.onProblem(`keys ${topic}`, message);
    return { version: undefined, cooldown: REFRESH_FAILURE_COOLDOWN };
  };

  const forgetPast = (): void => {
    for (const [uid, until] of closedUntil) if (until <= clock.monotonic()) closedUntil.delete(uid);
  };

  return {
    refresh: (uid) => {
      const running = underWay.get(uid);
      if (running !== undefined) return running;
      if (stopped.signal.aborted || (closedUntil.get(uid) ?? 0) > clock.monotonic()) return undefined;
      forgetPast();
      const started = once(uid);
      underWay.set(uid, started);
      return started;
    },
    stop: () => stopped.abort(),
  };
}

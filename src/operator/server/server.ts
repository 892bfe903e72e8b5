/** The leader's policy server: every validator asks it for its policy, and by asking says what it holds. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Time } from '../../kubernetes/time.ts';
import type { Log } from '../../telemetry/log.ts';
import { type AuthenticationParts, createAuthentication, type ReviewResult } from './authentication.ts';
import { createBodies } from './bodies.ts';
import { readBody } from './body.ts';
import type { PolicyBook } from './book.ts';
import type { Caller } from './caller.ts';
import { createGate } from './gate.ts';
import { type Answer, judge, updateOf } from './judge.ts';
import { createPolls } from './polls.ts';
import { type Question, readQuestion } from './question.ts';
import { createQuietLog } from './quiet.ts';
import { refresh } from './refresh.ts';
import { ENDING, NOT_LEADING, type Refusal, refusal } from './refusal.ts';
import { createRegistry, type Registry, type RegistryListener } from './registry.ts';
import { writeAnswer, writeRefreshed, writeRefusal } from './responses.ts';
import { type Certificates, createTlsServer, type TlsOptions } from './tls.ts';

export interface PolicyServerOptions extends TlsOptions {
  /** The control plane's own: its pods may ask for every Gateway. */
  readonly namespace: string;
}

export interface PolicyServerMetrics {
  answered(status: number): void;
  reviewed(result: ReviewResult): void;
}

export interface PolicyServerParts extends Pick<AuthenticationParts, 'review' | 'random'> {
  readonly book: PolicyBook;
  /** By the source's UID; undefined within its cooldown. Resolves when what was fetched is in the book. */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
  /** Seconds of that cooldown; undefined = keys that are not fetched. */
  readonly refreshCooldown: (sourceUid: string) => number | undefined;
  readonly isLeading: () => boolean;
  readonly certificates: Certificates;
  readonly time: Time;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: PolicyServerMetrics;
  readonly onBug: (error: unknown) => void;
}

/** How many validators hold what they are to hold. */
export interface ValidatorStates {
  readonly current: number;
  readonly behind: number;
  readonly rejected: number;
}

export interface PolicyServer {
  /** Answers the port. */
  listen(): Promise<number>;
  readonly validators: Pick<Registry, 'said' | 'gatewayPods' | 'gateways'>;
  /** Called once for each change in what a pod says. The answer ends it. */
  onValidator(listener: RegistryListener): () => void;
  states(): ValidatorStates;
  /** Questions that are held. */
  polls(): number;
  /** Sends everybody away at once, and is done within a second. For good. */
  close(): Promise<void>;
}

const SWEEP_INTERVAL = 10_000;
const CLOSING_LIMIT = 800;
const MAX_BODY_BYTES = 1024;
/** A validator reports each of its sources once at a time. */
const MAX_REFRESHES_PER_POD = 32;

type Poll = Extract<Question, { readonly kind: 'poll' }>;

export function createPolicyServer(options: PolicyServerOptions, parts: PolicyServerParts): PolicyServer {
  const { book, time, random, log, metrics } = parts;
  const quiet = createQuietLog(log, time);
  const bodies = createBodies();
  const polls = createPolls(time, random);
  const listeners = new Set<RegistryListener>();
  const refreshing = new Map<string, number>();
  let closing = false;

  const registry = createRegistry(time, (validator) => {
    const { pod, rejected } = validator;
    if (rejected !== undefined) {
      quiet('Validator could not apply its policy', {
        pod,
        version: rejected.version,
        reason: rejected.reason,
      });
    }
    for (const listener of listeners) listener(validator);
  });

  const authentication = createAuthentication({
    ...{ time, random, review: parts.review },
    onReview: (result, problem) => {
      metrics.reviewed(result);
      if (problem !== undefined) quiet('Token of a validator could not be reviewed', { problem });
    },
  });
  const gate = createGate({ authentication, book, namespace: options.namespace });

  const isServing = (): boolean => !closing && parts.isLeading();

  const refuse = (response: ServerResponse, refused: Refusal): void => {
    const { status, problem } = refused;
    metrics.answered(status);
    if (status === 401 || status === 403) quiet('Caller was refused', { status, problem });
    writeRefusal(response, refused);
  };

  const reply = (response: ServerResponse, answer: Answer): void => {
    if (answer.kind === 'refusal') {
      refuse(response, answer);
      return;
    }
    metrics.answered(answer.kind === 'policy' ? 200 : 304);
    writeAnswer(response, answer, bodies, time);
  };

  const answerPoll = (caller: Caller, { gateway, asked }: Poll, response: ServerResponse): void => {
    const reader = { pod: caller.pod, gateway };
    response.once('close', registry.heard(caller, gateway, asked));
    const told = updateOf(book.policyOf(reader), asked)?.keysChecked;
    const decide = (isOver: boolean): Answer | undefined => {
      // The next leader is there within a moment: no pause but the one that spreads them.
      if (closing) return ENDING;
      if (!isServing()) return NOT_LEADING;
      const gone = gate.lives(caller);
      if (gone !== undefined) registry.forget(caller.uid);
      return gone ?? judge(book.policyOf(reader), { asked, told, isOver });
    };
    const settle = (isOver: boolean): boolean => {
      try {
        const answer = decide(isOver);
        if (answer !== undefined) reply(response, answer);
        return answer !== undefined;
      } catch (error) {
        // Nobody's but this one's: others are waiting for theirs.
        parts.onBug(error);
        response.destroy();
        return true;
      }
    };
    if (!settle(false)) response.once('close', polls.hold({ reader, settle }));
  };

  const answerRefresh = async (
    caller: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body.kind === 'cut') return;
    if (body.kind === 'tooLong') return refuse(response, refusal(413, `at most ${MAX_BODY_BYTES} bytes`));
    const refreshed = await refresh(body.text, {
      ...{ time, refreshKeys: parts.refreshKeys, refreshCooldown: parts.refreshCooldown },
      entry: () => book.policyOf({ pod: caller.pod, gateway: gatewayOf(caller) }),
      acknowledged: registry.said(caller.pod, caller.uid)?.version,
    });
    const outcome = isServing() ? refreshed : NOT_LEADING;
    if (outcome.kind === 'refusal') return refuse(response, outcome);
    metrics.answered(200);
    writeRefreshed(response, outcome);
  };

  /** A report names no gateway: it is of the policy that the pod has. */
  const gatewayOf = ({ pod, uid }: Caller): string | undefined => registry.said(pod, uid)?.gateway;

  /** Runs it unless the pod has too many under way. */
  const limited = async (uid: string, run: () => Promise<void>, response: ServerResponse): Promise<void> => {
    const underWay = refreshing.get(uid) ?? 0;
    if (underWay >= MAX_REFRESHES_PER_POD) return refuse(response, refusal(429, 'too many reports at once'));
    refreshing.set(uid, underWay + 1);
    try {
      await run();
    } finally {
      const left = (refreshing.get(uid) ?? 1) - 1;
      if (left > 0) refreshing.set(uid, left);
      else refreshing.delete(uid);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isServing()) return refuse(response, NOT_LEADING);
    const question = readQuestion(request);
    if (question.kind === 'refusal') return refuse(response, question);
    const caller = await gate.admit(question.bearer, question.kind === 'poll' ? question.gateway : undefined);
    if (response.destroyed) return;
    if (caller.kind === 'refusal') return refuse(response, caller);
    if (question.kind === 'poll') return answerPoll(caller, question, response);
    return limited(caller.uid, () => answerRefresh(caller, request, response), response);
  };

  const server = createTlsServer(
    options,
    parts.certificates,
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        parts.onBug(error);
        response.destroy();
      });
    },
    (problem) => log.error(problem),
  );

  const endBook = book.onChange((change) => polls.wake(change));
  let endSweep = () => {};
  const sweepLater = (): void => {
    endSweep = time.set(() => {
      registry.sweep((caller) => gate.lives(caller) === undefined);
      sweepLater();
    }, SWEEP_INTERVAL);
  };
  sweepLater();

  return {
    listen: server.listen,
    validators: registry,
    onValidator: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    states() {
      const states = { current: 0, behind: 0, rejected: 0 };
      for (const { pod, gateway, version, rejected } of registry.all()) {
        const entry = book.policyOf({ pod, gateway });
        const meant = updateOf(entry, { version, rejected })?.policy.version;
        if (meant === undefined) continue;
        if (rejected?.version === meant) states.rejected += 1;
        else if (version === meant) states.current += 1;
        else states.behind += 1;
      }
      return states;
    },
    polls: () => polls.size,
    close() {
      closing = true;
      endBook();
      endSweep();
      polls.end();
      return server.close(CLOSING_LIMIT);
    },
  };
}

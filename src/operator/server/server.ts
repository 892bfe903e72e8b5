/** The leader's policy server: every validator asks it for its policy, and by asking says what it holds. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { CertificateSource } from '../../process/tls.ts';
import type { Log } from '../../telemetry/log.ts';
import { type AuthenticationParts, createAuthentication, type ReviewResult } from './authentication.ts';
import { createAuthorization } from './authorization.ts';
import type { Caller } from './caller.ts';
import { createGuests, type Guest } from './guests.ts';
import { createHttpsServer, type HttpsOptions } from './https.ts';
import { answerFromServed, type ServedAnswer, updateOf } from './judge.ts';
import { createPolls } from './polls.ts';
import { type PollQuestion, readQuestion } from './question.ts';
import { createQuietLog } from './quiet.ts';
import { ENDING, NOT_LEADING, type PollRefusal, pollRefusal } from './refusal.ts';
import { createValidatorRegistry, type Registry, type RegistryListener } from './registry.ts';
import { createReports } from './reports.ts';
import { createBodies, writeAnswer, writeRefreshed, writeRefusal } from './responses.ts';
import type { ServedPolicies } from './served-policies.ts';

export interface PolicyServerOptions extends HttpsOptions {
  /** The control plane's own: its pods may ask for every Gateway. */
  readonly namespace: string;
}

export interface PolicyServerMetrics {
  answered(status: number): void;
  reviewed(result: ReviewResult): void;
}

export interface PolicyServerParts extends Pick<AuthenticationParts, 'judge' | 'random'> {
  readonly policies: ServedPolicies;
  /** By the source's UID; undefined within its cooldown. Resolves when what was fetched is in the policies. */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
  /** Seconds of that cooldown; undefined = keys that are not fetched. */
  readonly refreshCooldown: (sourceUid: string) => number | undefined;
  readonly isLeading: () => boolean;
  readonly certificates: CertificateSource;
  readonly clock: Clock;
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
  readonly validators: Pick<Registry, 'said' | 'gatewayPods' | 'gateways' | 'wasAsked'>;
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

type Poll = Extract<PollQuestion, { readonly kind: 'poll' }>;

export function createPolicyServer(options: PolicyServerOptions, parts: PolicyServerParts): PolicyServer {
  const { policies, certificates, clock, random, log, metrics } = parts;
  const quiet = createQuietLog(log, clock);
  const bodies = createBodies();
  const polls = createPolls(clock, random);
  const listeners = new Set<RegistryListener>();
  const guests = createGuests(clock);
  const reports = createReports({
    clock,
    refreshKeys: parts.refreshKeys,
    refreshCooldown: parts.refreshCooldown,
  });
  let closing = false;

  const registry = createValidatorRegistry(clock, (validator) => {
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
    clock,
    random,
    judge: parts.judge,
    onReview: (result, problem) => {
      metrics.reviewed(result);
      if (problem !== undefined) quiet('Token of a validator could not be reviewed', { problem });
    },
  });
  const authorization = createAuthorization({ authentication, policies, namespace: options.namespace });

  const isServing = (): boolean => !closing && parts.isLeading();

  const refuse = (response: ServerResponse, refused: PollRefusal): void => {
    const { status, problem } = refused;
    metrics.answered(status);
    if (status === 401 || status === 403) quiet('Caller was refused', { status, problem });
    writeRefusal(response, refused);
  };

  /** Later, where many of its address have been refused: until then it costs nothing, and cannot come again. */
  const refuseStranger = (guest: Guest, response: ServerResponse, refused: PollRefusal): void => {
    const wait = guest.refuse();
    if (wait > 0)
      response.once(
        'close',
        clock.after(wait, () => refuse(response, refused)),
      );
    else refuse(response, refused);
  };

  /** Returns the bytes of its body. */
  const reply = (response: ServerResponse, answer: ServedAnswer): number => {
    if (answer.kind === 'refusal') {
      refuse(response, answer);
      return 0;
    }
    metrics.answered(answer.kind === 'policy' ? 200 : 304);
    return writeAnswer(response, answer, bodies, clock);
  };

  const answerPoll = (caller: Caller, { gateway, asked }: Poll, response: ServerResponse): void => {
    const reader = { pod: caller.pod, gateway };
    response.once('close', registry.heard(caller, gateway, asked));
    const checkedBefore = updateOf(policies.policyOf(reader), asked)?.keysChecked;
    const decide = (isOver: boolean): ServedAnswer | undefined => {
      // The next leader is there within a moment: no pause but the one that spreads them.
      if (closing) return ENDING;
      if (!isServing()) return NOT_LEADING;
      const gone = authorization.lives(caller);
      if (gone !== undefined) registry.forget(caller.uid);
      return gone ?? answerFromServed(policies.policyOf(reader), { asked, checkedBefore, isOver });
    };
    const settle = (isOver: boolean): number | undefined => {
      try {
        const answer = decide(isOver);
        return answer && reply(response, answer);
      } catch (error) {
        // Nobody's but this one's: others are waiting for theirs.
        parts.onBug(error);
        response.destroy();
        return 0;
      }
    };
    if (settle(false) === undefined) response.once('close', polls.hold({ reader, settle }));
  };

  const answerRefresh = async (
    caller: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const { pod, uid } = caller;
    const refreshed = await reports.answer(caller, request, () => ({
      // A report names no gateway: it is of the policy that the pod has.
      entry: () => policies.policyOf({ pod, gateway: registry.said(pod, uid)?.gateway }),
      acknowledged: registry.said(pod, uid)?.version,
    }));
    if (refreshed === undefined) return;
    const outcome = isServing() || refreshed.kind === 'refusal' ? refreshed : NOT_LEADING;
    if (outcome.kind === 'refusal') return refuse(response, outcome);
    metrics.answered(200);
    writeRefreshed(response, outcome);
  };

  const answer = async (guest: Guest, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isServing()) return refuse(response, NOT_LEADING);
    const question = readQuestion(request);
    if (question.kind === 'refusal') return refuseStranger(guest, response, question);
    const gateway = question.kind === 'poll' ? question.gateway : undefined;
    const caller = await authorization.admit(question.bearer, gateway, guest.address);
    if (response.destroyed) return;
    if (caller.kind === 'refusal') return refuseStranger(guest, response, caller);
    if (!guest.admit(caller.uid))
      return refuse(response, pollRefusal(429, 'too many connections of one pod'));
    if (question.kind === 'poll') return answerPoll(caller, question, response);
    return answerRefresh(caller, request, response);
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const guest = guests.of(request.socket);
    if (guest?.begin() !== true) {
      request.socket.destroy();
      return;
    }
    response.once('close', guest.end);
    answer(guest, request, response).catch((error: unknown) => {
      parts.onBug(error);
      response.destroy();
    });
  };

  const server = createHttpsServer(options, certificates, listener, guests, (problem) => log.error(problem));

  const endPolicies = policies.onChange((change) => polls.wake(change));
  let endSweep = () => {};
  const sweepLater = (): void => {
    endSweep = clock.after(SWEEP_INTERVAL, () => {
      registry.sweep((caller) => authorization.lives(caller) === undefined);
      sweepLater();
    });
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
        const served = policies.policyOf({ pod, gateway });
        const meant = updateOf(served, { version })?.policy.version;
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
      endPolicies();
      endSweep();
      polls.end();
      return server.close(CLOSING_LIMIT);
    },
  };
}

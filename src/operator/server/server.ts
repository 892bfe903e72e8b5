/** The leader's policy server: validators poll it for their policy, and each poll reports the policy that is in force. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { updateFor } from '../../planning/older-validators.ts';
import { createAuthentication } from './authentication.ts';
import { createAuthorization } from './authorization.ts';
import { createBodies } from './bodies.ts';
import type { Caller } from './caller.ts';
import { type ClientConnection, createClientConnections } from './connection-limits.ts';
import { createHttpsServer } from './https.ts';
import { createPolls } from './polls.ts';
import { type PollQuestion, readQuestion } from './question.ts';
import { createQuietLog } from './quiet.ts';
import { createRefreshRequests } from './refresh.ts';
import { ENDING, NOT_LEADING, type PollRefusal, pollRefusal } from './refusal.ts';
import { createValidatorRegistry, type Registry, type RegistryListener, type Validator } from './registry.ts';
import { writeAnswer, writeRefreshed, writeRefusal } from './responses.ts';
import { answerFromServed, type ServedAnswer, updateOf } from './served-answer.ts';
import type { ServedPolicy } from './served-policies.ts';
import type { PolicyServerOptions, PolicyServerParts } from './server-parts.ts';
import { type ValidatorStates, validatorStates } from './validator-states.ts';

export interface PolicyServer {
  /** Resolves to the port. Rejects with a StartError where the server cannot listen. */
  listen(): Promise<number>;
  readonly validators: Pick<Registry, 'reportOf' | 'gatewayPods' | 'gateways' | 'wasAsked' | 'tellsRoutes'>;
  /** Calls the listener once for each change in what a pod reports. Returns a function that ends this. */
  onValidator(listener: RegistryListener): () => void;
  states(): ValidatorStates;
  /** The number of polls that wait. */
  polls(): number;
  /** Refuses all waiting polls, and closes the server within a second. */
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
  const connections = createClientConnections(clock);
  const refreshRequests = createRefreshRequests({
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

  /** Delays the refusal where many of the same address have been refused: until then the client cannot ask again. */
  const refuseStranger = (
    connection: ClientConnection,
    response: ServerResponse,
    refused: PollRefusal,
  ): void => {
    const wait = connection.refuse();
    if (wait > 0)
      response.once(
        'close',
        clock.after(wait, () => refuse(response, refused)),
      );
    else refuse(response, refused);
  };

  /** Returns the number of bytes of the body. */
  const reply = (response: ServerResponse, answer: ServedAnswer): number => {
    if (answer.kind === 'refusal') {
      refuse(response, answer);
      return 0;
    }
    metrics.answered(answer.kind === 'policy' ? 200 : 304);
    return writeAnswer(response, answer, bodies, clock);
  };

  const answerPoll = (
    caller: Caller,
    { gateway, asked, wouldDeny }: Poll,
    response: ServerResponse,
  ): void => {
    const reader = { pod: caller.pod, gateway };
    response.once('close', registry.noteReport(caller, gateway, asked));
    const update = updateOf(policies.policyOf(reader), asked);
    const checkedBefore = update?.keysChecked;
    if (wouldDeny !== undefined && update !== undefined && update.policy.version === asked.version)
      parts.onWouldDeny(caller, update.policy, wouldDeny);
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
        // The error ends this response alone: other polls are still waiting.
        parts.onBug(error);
        response.destroy();
        return 0;
      }
    };
    if (settle(false) === undefined) response.once('close', polls.hold({ reader, settle }));
  };

  const servedTo = (report: Validator | undefined, pod: string): ServedPolicy => {
    const served = policies.policyOf({ pod, gateway: report?.gateway });
    if (served.kind !== 'policy' || report === undefined) return served;
    return { kind: 'policy', update: updateFor(served.update, report.takes) };
  };

  const answerRefresh = async (
    caller: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const { pod, uid } = caller;
    const refreshed = await refreshRequests.answer(caller, request, () => ({
      // A report names no gateway: it is of the policy that the pod has.
      entry: () => servedTo(registry.reportOf(pod, uid), pod),
      acknowledged: registry.reportOf(pod, uid)?.version,
    }));
    if (refreshed === undefined) return;
    const outcome = isServing() || refreshed.kind === 'refusal' ? refreshed : NOT_LEADING;
    if (outcome.kind === 'refusal') return refuse(response, outcome);
    metrics.answered(200);
    writeRefreshed(response, outcome);
  };

  const answer = async (
    connection: ClientConnection,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    if (!isServing()) return refuse(response, NOT_LEADING);
    const question = readQuestion(request);
    if (question.kind === 'refusal') return refuseStranger(connection, response, question);
    const gateway = question.kind === 'poll' ? question.gateway : undefined;
    const caller = await authorization.admit(question.bearer, gateway, connection.address);
    if (response.destroyed) return;
    if (caller.kind === 'refusal') return refuseStranger(connection, response, caller);
    if (!connection.authenticate(caller.uid))
      return refuse(response, pollRefusal(429, 'too many connections of one pod'));
    if (question.kind === 'poll') return answerPoll(caller, question, response);
    return answerRefresh(caller, request, response);
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = connections.connectionOf(request.socket);
    if (connection?.begin() !== true) {
      request.socket.destroy();
      return;
    }
    response.once('close', connection.end);
    answer(connection, request, response).catch((error: unknown) => {
      parts.onBug(error);
      response.destroy();
    });
  };

  const server = createHttpsServer(options, certificates, listener, connections, (problem) =>
    log.error(problem),
  );

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
    states: () => validatorStates(registry.all(), policies),
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

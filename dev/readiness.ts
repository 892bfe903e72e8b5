/** Waits until requests are judged, by questions that leave no trace in the report, the console or the log. */

import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A request, and the token that it brings. */
export interface Question {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string;
}

export interface ReadinessOptions {
  /** The validator's admin address. */
  readonly admin: string;
  /** Where Envoy and the validator must listen, too. */
  readonly listeners: readonly NetConnectOpts[];
  readonly question: Question;
  /** True once the validator has told of something that somebody must put right. */
  isMistaken(): boolean;
  /** Called once where the answer waits for that; absent = nobody is there to do it. */
  onMistake?(): void;
  /** Milliseconds; a mistake has all the time that it takes. */
  readonly timeout: number;
}

/** Milliseconds between two questions. */
const INTERVAL = 50;

/** Resolves when the question is judged: undefined; or why it is not, after the timeout. */
export async function judging(options: ReadinessOptions): Promise<string | undefined> {
  const { admin, listeners, question, isMistaken, onMistake, timeout } = options;
  const deadline = Date.now() + timeout;
  let answer = NO_ANSWER;
  let isWaiting = false;
  while (isWaiting || Date.now() < deadline) {
    answer = await explained(admin, question).catch(() => NO_ANSWER);
    if (answer.status === 503) {
      if (!isWaiting && onMistake !== undefined && isMistaken()) {
        isWaiting = true;
        onMistake();
      }
    } else if (answer !== NO_ANSWER) {
      if ((await Promise.all(listeners.map(listens))).every(Boolean)) return undefined;
      answer = DEAF;
    }
    await pause(INTERVAL);
  }
  return [answer.reason, answer.detail].filter((part) => part !== undefined).join(': ');
}

interface Explained {
  readonly status?: number;
  readonly reason?: string;
  readonly detail?: string;
}

const NO_ANSWER: Explained = { detail: 'no answer' };
const DEAF: Explained = { detail: 'not all of them listen' };

/** What would become of the request: no request is made, and none is counted. */
async function explained(admin: string, question: Question): Promise<Explained> {
  const response = await fetch(`http://${admin}/explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(`/explain answers ${response.status}`);
  const answer: Explained = JSON.parse(await response.text());
  return answer;
}

function listens(where: NetConnectOpts): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(where, () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

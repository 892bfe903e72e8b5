/** A transport whose answers a test gives by hand, and a disk in memory. */

import {
  type ControlPlaneRequest,
  type ControlPlaneTransport,
  type Reply,
  Unreachable,
} from '../control-plane/transport.ts';

export interface Asking {
  readonly question: ControlPlaneRequest;
  readonly signal: AbortSignal;
  readonly isOver: boolean;
  answer(status: number, headers?: Readonly<Record<string, string>>, body?: string): void;
  fail(topic?: string): void;
}

export interface ScriptedTransport extends ControlPlaneTransport {
  /** All questions so far. */
  readonly asked: Asking[];
  /** The last one. */
  readonly last: Asking;
  readonly renewals: number;
}

/** `onAsked` may answer by itself. */
export function scriptedTransport(onAsked: (asking: Asking) => void = () => {}): ScriptedTransport {
  const asked: Asking[] = [];
  let renewals = 0;
  return {
    asked,
    get last() {
      const last = asked.at(-1);
      if (last === undefined) throw new Error('nothing was asked');
      return last;
    },
    get renewals() {
      return renewals;
    },
    renew: () => void renewals++,
    send: (question, signal) =>
      new Promise<Reply>((resolve, reject) => {
        let isOver = false;
        const asking: Asking = {
          question,
          signal,
          get isOver() {
            return isOver;
          },
          answer: (status, headers = {}, body = '') => {
            isOver = true;
            resolve({ status, headers, read: async () => body, skip: () => {}, drop: () => {} });
          },
          fail: (topic = 'connection ECONNREFUSED') => {
            isOver = true;
            reject(new Unreachable(topic, `the control plane: ${topic}`));
          },
        };
        signal.addEventListener('abort', () => asking.fail('silent'));
        asked.push(asking);
        onAsked(asking);
      }),
  };
}

/** Lets everything go on that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** For tests: a provider without a network, which answers when and how the test says. */

import { fetchFailed } from '../errors.ts';
import type { Get, GetOutcome, GetRequest } from '../http.ts';

export interface FakeProvider {
  readonly get: Get;
  /** Every URL that was asked for, in order. */
  readonly asked: readonly string[];
  /** Resolves when the next request has come. */
  nextRequest(): Promise<GetRequest>;
  /** How requests are answered from now on, and those that wait. */
  answer(outcome: GetOutcome): void;
  /** Requests wait from now on. */
  hang(): void;
}

export const page = (document: unknown, headers: Readonly<Record<string, string>> = {}): GetOutcome => ({
  kind: 'ok',
  body: Buffer.from(JSON.stringify(document)),
  headers,
});

export const down: GetOutcome = fetchFailed('UNKNOWN_HOST', 'It is down.');

export function fakeProvider(initial?: GetOutcome): FakeProvider {
  let current = initial === undefined ? Promise.withResolvers<GetOutcome>() : answered(initial);
  let next = Promise.withResolvers<GetRequest>();
  const asked: string[] = [];
  return {
    asked,
    get(request) {
      asked.push(request.url);
      next.resolve(request);
      next = Promise.withResolvers();
      return current.promise;
    },
    nextRequest: () => next.promise,
    answer(outcome) {
      current.resolve(outcome);
      current = answered(outcome);
    },
    hang() {
      current = Promise.withResolvers();
    },
  };
}

function answered(outcome: GetOutcome): PromiseWithResolvers<GetOutcome> {
  const resolvers = Promise.withResolvers<GetOutcome>();
  resolvers.resolve(outcome);
  return resolvers;
}

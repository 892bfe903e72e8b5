/** For tests: the GET under test with rules that let it reach this machine, and short ways to call it. */

import { type DenyList, denyList } from '../deny.ts';
import { createGet, type FetchRules, type Get, type GetOutcome, type GetRequest } from '../http.ts';

export function denying(...cidrs: readonly string[]): DenyList {
  const result = denyList(cidrs);
  if (result.kind === 'refused') throw new Error(result.problem);
  return result.list;
}

/** Everything is allowed but what `rules` forbids; no proxy. */
export function testGet(rules: Partial<FetchRules> = {}): Get {
  return createGet({ deny: denying(), allowInsecureHttp: true, environment: {}, ...rules });
}

export function fetchFrom(url: string, get: Get, request: Partial<GetRequest> = {}): Promise<GetOutcome> {
  const { signal } = new AbortController();
  return get({
    url,
    what: 'keys.jwksURI',
    timeout: 10,
    certificateAuthorities: undefined,
    signal,
    ...request,
  });
}

/** `ok BODY`, or the error's code: what most tests compare. */
export async function verdict(outcome: Promise<GetOutcome>): Promise<string> {
  const result = await outcome;
  return result.kind === 'ok' ? `ok ${Buffer.from(result.body).toString()}` : result.error.code;
}

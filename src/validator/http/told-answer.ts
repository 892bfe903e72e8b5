/** A Decision as proxies want it that know nothing of Envoy's headers: 200 allows, all else denies. */

import { Buffer } from 'node:buffer';
import { undeliverable, unreadableRequest } from '../../decision/answers.ts';
import type {
  CheckRequest,
  Decision,
  Denied,
  HeaderPair,
  Served,
  UpstreamChanges,
} from '../../decision/decision.ts';
import { denialBody } from '../../decision/problem.ts';
import { PROBLEM_HEADER } from '../../sidecar/check-forms.ts';
import { annotations } from '../annotations.ts';
import { octetsOf } from '../octets.ts';
import { carriedBy, deliverable, type HttpAnswer } from './answer.ts';
import type { ToldForm } from './form.ts';

/** Names that the proxy can be told of are plain; it takes those of `forward` away by itself. */
const IS_ODD = /[^a-z0-9-]/;

/**
 * Turns into a denial what this proxy cannot carry out: an allow that takes away a header that it could not be told to take
 * away, another spelling of a forwarded name such as `x_auth_user`; and an answer of the validator's own, which it would
 * take for an allow, or lose.
 */
export function tellable(
  decision: Decision,
  form: ToldForm,
  { headers }: CheckRequest,
  carriers: readonly string[],
): Decision {
  if (decision.outcome === 'denied') return decision;
  if (decision.outcome === 'served') {
    const isLost = carriers.length === 0 || (form === 'auth-request' && decision.body.length > MAX_METADATA);
    return isLost ? undeliverable(decision) : deliverable(decision, carriers);
  }
  const odd = decision.upstream.remove.find((name) => IS_ODD.test(name) && headers[name] !== undefined);
  if (odd === undefined) return decision;
  const { binding, rule, source, user } = decision;
  const detail = `The header ${odd} could be taken for one that names the user, and only the proxy can take it away.`;
  return { ...unreadableRequest(detail), binding, rule, source, user };
}

/** What is known of the proxy, and of the bindings. */
interface Told {
  /**
   * Headers that some binding takes the token out of: the answer says what the app is to get of them, so that a proxy may
   * take them from the answer alone.
   */
  readonly tokens: readonly string[];
  /** The statuses that the proxy turns back into what they carry. */
  readonly carriers: readonly string[];
}

export function toldAnswer(
  decision: Decision,
  form: ToldForm,
  request: CheckRequest,
  { tokens, carriers }: Told,
): HttpAnswer {
  switch (decision.outcome) {
    case 'allowed':
    case 'audit_denied': {
      const headers = annotations(decision);
      for (const [name, value] of decision.upstream.set) headers.push(name, bytes(name, value));
      for (const [name, value] of kept(decision.upstream, request, tokens)) headers.push(name, value);
      // A proxy that caches what it proxies must not keep one caller's answer for another.
      headers.push('cache-control', 'no-store', 'content-length', '0');
      return { status: 200, headers, body: '' };
    }
    case 'served': {
      const sent = tellable(decision, form, request, carriers);
      if (sent.outcome !== 'served') return toldAnswer(sent, form, request, { tokens, carriers });
      return refusing(sent, form, carriedBy(sent.status, carriers));
    }
    case 'denied':
      return refusing(decision, form, decision.status);
  }
}

const bytes = (name: string, value: string): string => (name === 'cookie' ? octetsOf(value) : value);

function kept(
  { set, remove }: UpstreamChanges,
  { headers }: CheckRequest,
  tokenHeaders: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  const isChanged = (name: string) => remove.includes(name) || set.some(([other]) => other === name);
  return tokenHeaders.flatMap((name) => {
    const value = headers[name];
    return value === undefined || isChanged(name) ? [] : [[name, octetsOf(value)] as const];
  });
}

/** The request goes no further. Over forward-auth the client gets all of it, so nothing of it is for the access log. */
function refusing(decision: Denied | Served, form: ToldForm, status: number): HttpAnswer {
  const { body } = decision;
  const headers = form === 'forward-auth' ? [] : annotations(decision);
  const answered = form === 'auth-request' ? withHeldBody(decision) : decision.headers;
  for (const [name, value] of answered) headers.push(name, value);
  headers.push('content-length', String(Buffer.byteLength(body)));
  return { status, headers, body };
}

/** The most characters of a body in a header: proxies take 16 KiB of headers and more. */
const MAX_PROBLEM = 8 * 1024;
/** … of the metadata of a resource, which only a proxy gets that has been told to make room for it. */
const MAX_METADATA = 32 * 1024;

/** The headers, and one more that holds the body; where that is too long, the usual body without its detail. */
function withHeldBody(decision: Denied | Served): readonly HeaderPair[] {
  const { headers, body, status } = decision;
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  if (type === undefined) return headers;
  const held = type.endsWith('json') ? ascii(body) : octetsOf(body.replace(/\p{Cc}+/gu, ' '));
  if (decision.outcome === 'served' || held.length <= MAX_PROBLEM)
    return [...headers, [PROBLEM_HEADER, held]];
  const usual = denialBody(decision, status);
  const { detail: _, ...problem } = JSON.parse(usual.text) as { readonly detail?: string };
  return [
    ...headers.filter(([name]) => name !== 'content-type'),
    ['content-type', usual.contentType],
    [PROBLEM_HEADER, ascii(JSON.stringify(problem))],
  ];
}

/** Line breaks of JSON stand between its members alone. */
const ascii = (json: string): string =>
  json
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * What a request asks of an MCP server, by the headers that the server compares with the body (MCP 2026-07-28, Streamable
 * HTTP); or why no rule could go by them.
 */

import { trimmed } from '../base/http-space.ts';
import { MCP_HEADERS } from '../base/mcp-headers.ts';
import { withoutQuery } from '../base/sent-text.ts';
import { type McpCall, METHODS_WITH_NAME, takesCall, takesMethod } from '../matching/mcp-match.ts';
import { decodeMcpName } from '../matching/mcp-name.ts';
import type { McpPolicy } from '../policy/policy.ts';
import type { McpMatch } from '../policy/rule-match.ts';
import type { PreparedRule, RuledBinding } from './binding.ts';
import type { CheckRequest } from './decision.ts';
import type { McpError, Refusal } from './refusal.ts';
import { isPreflight } from './request.ts';

export type McpReading =
  | { readonly kind: 'call'; readonly call: McpCall }
  /** Rules with match.mcp do not take it. */
  | { readonly kind: 'other' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const OTHER: McpReading = { kind: 'other' };

/** Undefined where the binding's API speaks no MCP. */
export function readingOf({ judgement, rules }: RuledBinding, request: CheckRequest): McpReading | undefined {
  return judgement.mcp === undefined ? undefined : readMcp(judgement.mcp, rules, request);
}

/** Undefined where it is no request of MCP. */
export function callOf(binding: RuledBinding, request: CheckRequest): McpCall | undefined {
  const reading = readingOf(binding, request);
  return reading?.kind === 'call' ? reading.call : undefined;
}

/** A resource's name is a URI, which may hold what no log should: its query, and the user before its host. */
export function toldCall(call: McpCall): McpCall {
  const { method, name } = call;
  if (name === undefined || method !== 'resources/read') return call;
  return { ...call, name: withoutQuery(name).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1') };
}

/** For people who ask why. */
export function describeReading(reading: McpReading): string {
  switch (reading.kind) {
    case 'call': {
      const { method, name, version } = toldCall(reading.call);
      return `${method}${name === undefined ? '' : ` ${JSON.stringify(name)}`}, MCP ${version}`;
    }
    case 'other':
      return 'No request of MCP: no rule with match.mcp takes it';
    case 'refused':
      return `${reading.refusal.reason}: ${reading.refusal.detail}`;
  }
}

/** A preflight carries none of the headers that it asks for. */
function readMcp(
  { versions, other }: McpPolicy,
  rules: readonly PreparedRule[],
  request: CheckRequest,
): McpReading {
  if (isPreflight(request)) return OTHER;
  if (request.method !== 'POST') return other === 'Pass' ? OTHER : { kind: 'refused', refusal: NOT_POST };
  const version = readWord(request, VERSION);
  if (version.kind === 'malformed') return mismatch(version.problem, versions);
  if (version.kind === 'absent') {
    return other === 'Pass'
      ? OTHER
      : mismatch(`${missing(VERSION)}; taken are ${versions.join(', ')}`, versions);
  }
  if (!versions.includes(version.text)) {
    return other === 'Pass' ? OTHER : { kind: 'refused', refusal: unsupported(versions, version.text) };
  }
  const method = readWord(request, METHOD);
  if (method.kind === 'absent') return mismatch(missing(METHOD), versions);
  if (method.kind === 'malformed') return mismatch(method.problem, versions);
  const called = { version: version.text, method: method.text, name: undefined };
  return METHODS_WITH_NAME.has(method.text)
    ? readName(request, called, rules, versions)
    : { kind: 'call', call: called };
}

function readName(
  request: CheckRequest,
  called: McpCall,
  rules: readonly PreparedRule[],
  versions: readonly string[],
): McpReading {
  const value = request.headers[NAME.name];
  if (value === undefined) return mismatch(missing(NAME), versions);
  if (request.doubled?.has(NAME.name) === true) return mismatch(doubled(NAME), versions);
  const read = decodeMcpName(value);
  if (read.kind === 'malformed') return mismatch(`${NAME.shown} ${read.problem}`, versions);
  const call = { ...called, name: read.text };
  if (request.mayBeJoined === true && !read.isEncoded && couldBeAnother(rules, call))
    return mismatch(UNCLEAR, versions);
  return { kind: 'call', call };
}

interface Field {
  /** In lower case. */
  readonly name: string;
  readonly shown: string;
}

const VERSION: Field = { name: MCP_HEADERS.version, shown: 'MCP-Protocol-Version' };
const METHOD: Field = { name: MCP_HEADERS.method, shown: 'Mcp-Method' };
const NAME: Field = { name: MCP_HEADERS.name, shown: 'Mcp-Name' };

const missing = ({ shown }: Field): string => `the request has no ${shown}`;
const doubled = ({ shown }: Field): string => `${shown} is there more than once`;

type Word =
  | { readonly kind: 'absent' }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'malformed'; readonly problem: string };

/** No comma: by one, a proxy joins headers that came twice. */
const WORD = /^[!-+\--~]{1,128}$/;

function readWord(request: CheckRequest, field: Field): Word {
  const value = request.headers[field.name];
  if (value === undefined) return { kind: 'absent' };
  if (request.doubled?.has(field.name) === true) return { kind: 'malformed', problem: doubled(field) };
  const text = trimmed(value);
  // As in a name, it may stand for white space, which servers take off: the method would be another one.
  if (!WORD.test(text) || (request.mayBeJoined === true && text.includes('!')))
    return { kind: 'malformed', problem: `${field.shown} is no single word in ASCII` };
  return { kind: 'word', text };
}

/** Of an expression that looks at the name, decoded or not: what it names stands in its text as it is. */
const LOOKS_AT_NAME = /\bmcp\b/i;

/**
 * Whether a rule could judge the name otherwise than the one that came to Envoy, which joins doubled headers by a comma, and
 * puts an exclamation mark for each byte that is no UTF-8. Servers may read such a byte as a letter, as white space, or not
 * at all.
 */
function couldBeAnother(rules: readonly PreparedRule[], call: McpCall): boolean {
  const { method, name = '' } = call;
  const isMarked = name.includes('!');
  const hasComma = name.includes(',');
  if (!isMarked && !hasComma) return false;
  if (rules.some((rule) => rule.expressions.some(({ expression }) => LOOKS_AT_NAME.test(expression.text))))
    return true;
  const matches = rules.flatMap(({ policy: { match } }) =>
    match.mcp !== undefined && match.mcp.names.length > 0 && takesMethod(match.mcp, method)
      ? [match.mcp]
      : [],
  );
  return matches.length > 0 && (isMarked || !areTakenAlike(matches, call));
}

/** With more a name is refused, where a rule goes by names. */
const MOST_COMMAS = 8;

/** Whether rules take the name as they would take what a server may read if these were several headers. */
function areTakenAlike(matches: readonly McpMatch[], call: McpCall): boolean {
  const parts = (call.name ?? '').split(',');
  if (parts.length > MOST_COMMAS + 1) return false;
  const headers = parts.flatMap((part, i) => [part, parts.slice(0, i).join(','), parts.slice(i).join(',')]);
  const readings = headers.filter((header) => header.trim() !== '').map(decodeMcpName);
  // Node.js joins them so.
  const names = [parts.map((part) => part.trim()).join(', ')];
  for (const reading of readings) {
    if (reading.kind === 'malformed') return false;
    names.push(reading.text);
  }
  return matches.every((match) => {
    const isTaken = takesCall(match, call);
    return names.every((name) => takesCall(match, { ...call, name }) === isTaken);
  });
}

const UNCLEAR =
  'Mcp-Name holds a comma, by which a proxy may have joined two, or an exclamation mark, by which it may have hidden a byte, and rules could judge what it was otherwise: send it encoded (=?base64?…?=)';

/** Codes of MCP. They have these meanings alone; what has no code of its own is an invalid request. */
const HEADER_MISMATCH = -32_020;
const UNSUPPORTED_VERSION = -32_022;

function mismatch(problem: string, supported: readonly string[]): McpReading {
  const detail = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  const mcp: McpError = { code: HEADER_MISMATCH, data: { supported } };
  return { kind: 'refused', refusal: { reason: 'request_malformed', detail, mcp } };
}

function unsupported(supported: readonly string[], requested: string): Refusal {
  return {
    reason: 'version_unsupported',
    detail: `The request is of a version of MCP that is not taken here; taken are ${supported.join(', ')}.`,
    mcp: { code: UNSUPPORTED_VERSION, data: { supported, requested } },
  };
}

const NOT_POST: Refusal = {
  reason: 'method_not_allowed',
  detail: 'MCP takes POST alone: it has no streams by GET, and no sessions to DELETE.',
};

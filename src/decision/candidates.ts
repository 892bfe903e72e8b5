/** Rules that match a request's method, host, and what it asks of an MCP server. HEAD falls back to the rules for GET unless a rule lists HEAD. */

import { hostMatches } from '../matching/hosts.ts';
import { type McpCall, takesCall } from '../matching/mcp-match.ts';
import type { PreparedRule } from './binding.ts';

/** What a rule is chosen by, beside the path. */
export interface RouteInput {
  readonly method: string;
  readonly host: string;
  /** Undefined where it is no request of MCP. */
  readonly call: McpCall | undefined;
}

export interface Candidates {
  readonly rules: readonly PreparedRule[];
  /** Set for HEAD where some of the rules list GET but not HEAD. */
  readonly head: HeadCandidates | undefined;
}

interface HeadCandidates {
  /** The rules that list HEAD: where one of these matches the path, HEAD does not fall back to GET. */
  readonly listingHead: readonly PreparedRule[];
  /** The candidates without the fallback. */
  readonly rules: readonly PreparedRule[];
}

export function candidatesFor(rules: readonly PreparedRule[], asking: RouteInput): Candidates {
  const matching = rules.filter((rule) => matches(rule, asking));
  if (asking.method !== 'HEAD') return { rules: matching, head: undefined };
  const all = rules.filter((rule) => matches(rule, asking) || matches(rule, { ...asking, method: 'GET' }));
  if (all.length === matching.length) return { rules: matching, head: undefined };
  const listingHead = matching.filter(({ policy: { match } }) => match.methods.includes('HEAD'));
  return { rules: all, head: { listingHead, rules: matching } };
}

/** Returns the rules to try for a path, in their order; `matches` says whether the paths of a rule match it. */
export function rulesFor(
  { rules, head }: Candidates,
  matches: (rule: PreparedRule) => boolean,
): readonly PreparedRule[] {
  return head?.listingHead.some(matches) === true ? head.rules : rules;
}

function matches({ policy: { match } }: PreparedRule, { method, host, call }: RouteInput): boolean {
  const { methods, hosts, mcp } = match;
  return (
    (methods.length === 0 || methods.includes(method)) &&
    hostMatches(hosts, host) &&
    (mcp === undefined || (call !== undefined && takesCall(mcp, call)))
  );
}

/** The rules that a request's method and host leave to be tried, HEAD being judged as GET where no rule speaks of it. */

import { hostMatches } from '../matching/hosts.ts';
import type { PreparedRule } from './binding.ts';

export interface Candidates {
  readonly rules: readonly PreparedRule[];
  /** Of HEAD, where some of the rules list GET alone. */
  readonly head: HeadCandidates | undefined;
}

interface HeadCandidates {
  /** Where one of these matches the path, HEAD is not judged as GET. */
  readonly listing: readonly PreparedRule[];
  /** The candidates without the rules that list GET alone. */
  readonly rules: readonly PreparedRule[];
}

export function candidatesFor(rules: readonly PreparedRule[], method: string, host: string): Candidates {
  const named = rules.filter((rule) => takes(rule, method, host));
  if (method !== 'HEAD') return { rules: named, head: undefined };
  const all = rules.filter((rule) => takes(rule, 'HEAD', host) || takes(rule, 'GET', host));
  if (all.length === named.length) return { rules: named, head: undefined };
  const listing = named.filter(({ policy: { match } }) => match.methods.includes('HEAD'));
  return { rules: all, head: { listing, rules: named } };
}

/** In their order, for a path; `matches` says whether a rule's paths take it. */
export function rulesFor(
  { rules, head }: Candidates,
  matches: (rule: PreparedRule) => boolean,
): readonly PreparedRule[] {
  return head?.listing.some(matches) === true ? head.rules : rules;
}

function takes({ policy: { match } }: PreparedRule, method: string, host: string): boolean {
  const { methods, hosts } = match;
  return (methods.length === 0 || methods.includes(method)) && hostMatches(hosts, host);
}

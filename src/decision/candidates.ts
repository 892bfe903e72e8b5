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
  const ofHost = rules.filter(({ policy: { match } }) => hostMatches(match.hosts, host));
  const named = ofHost.filter(({ policy: { match } }) => takes(match.methods, method));
  if (method !== 'HEAD') return { rules: named, head: undefined };
  const all = ofHost.filter((rule) => named.includes(rule) || rule.policy.match.methods.includes('GET'));
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

const takes = (methods: readonly string[], method: string): boolean =>
  methods.length === 0 || methods.includes(method);

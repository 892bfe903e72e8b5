/** Warnings about rules with match.mcp: those that take nothing, and those that a request can pass by. */

import { isDeepStrictEqual } from 'node:util';
import { KNOWN_METHODS, METHODS_WITH_NAME } from '../matching/mcp-match.ts';
import { decodeMcpName } from '../matching/mcp-name.ts';
import type { McpPolicy, RulePolicy, ValueRequirement } from '../policy/policy.ts';
import { asksForAnything } from '../policy/requirements.ts';
import { nearest } from '../resources/suggestions.ts';
import type { Issue } from './issues.ts';
import { type Comparisons, coveringRule, meet } from './reachability.ts';

type CheckedRule = Omit<RulePolicy, 'sources'>;

/** `later` are the rules after this one. */
export function mcpIssues(
  rule: CheckedRule,
  later: readonly CheckedRule[],
  other: McpPolicy['other'],
  field: string,
  comparisons: Comparisons,
): readonly Issue[] {
  const { mcp, methods } = rule.match;
  if (mcp === undefined) return [];
  const at = `${field}.match`;
  if (methods.length > 0 && !methods.includes('POST')) return [neverPost(at)];
  const misspelt = mcp.methods.flatMap((method, i) =>
    misspeltAs(method, `${at}.mcp.methods[${i}]`, comparisons),
  );
  const nameless =
    mcp.names.length === 0 || misspelt.length > 0
      ? []
      : mcp.methods.filter((method) => !METHODS_WITH_NAME.has(method));
  const passed = other === 'Pass' ? passedBy(rule, later, comparisons) : undefined;
  return [
    ...misspelt,
    ...mcp.names.flatMap((name, i) => encodedName(name, `${at}.mcp.names[${i}]`)),
    ...(nameless.length === 0 ? [] : [withoutNames(at, nameless)]),
    ...(passed === undefined ? [] : [passable(field, passed)]),
  ];
}

/** What becomes of the same request without the headers of MCP, if it has an easier way: by a later rule, or by none. */
function passedBy(
  rule: CheckedRule,
  later: readonly CheckedRule[],
  comparisons: Comparisons,
): string | undefined {
  const { mcp: _, ...match } = rule.match;
  const bare = { match };
  for (const other of later) {
    if (other.match.mcp !== undefined || !meet(bare, other, comparisons)) continue;
    if (!asksAsMuch(other, rule)) return `is judged by the later rule ${other.name}, which asks for less`;
    if (coveringRule([other], bare, comparisons) !== undefined) return undefined;
  }
  return asksAsMuch(NO_RULE, rule) ? undefined : 'is taken by no rule, and passes with any good token';
}

const STRICTNESS = { None: 0, Optional: 1, Required: 2, Deny: 3 } as const;

type Asking = Pick<CheckedRule, 'authentication'> & { readonly require?: CheckedRule['require'] };

/** What becomes of a request that no rule takes. */
const NO_RULE: Asking = { authentication: 'Required' };

/** False also where it asks for something else. */
function asksAsMuch({ authentication, require }: Asking, rule: CheckedRule): boolean {
  if (authentication === 'Deny') return true;
  if (STRICTNESS[authentication] < STRICTNESS[rule.authentication]) return false;
  if (!asksForAnything(rule.require)) return true;
  if (require === undefined) return false;
  const { roles, scopes, ...rest } = rule.require;
  const { roles: otherRoles, scopes: otherScopes, ...others } = require;
  return (
    holdsAsMuch(otherRoles, roles) &&
    holdsAsMuch(otherScopes, scopes) &&
    isDeepStrictEqual({ ...others, ...onlyWhatIsAsked(rest) }, others)
  );
}

function holdsAsMuch(other: ValueRequirement, one: ValueRequirement): boolean {
  const includes = (list: readonly string[], values: readonly string[]): boolean =>
    values.every((value) => list.includes(value));
  const isAnyOfHeld =
    one.anyOf.length === 0 ||
    (other.anyOf.length > 0 && includes(one.anyOf, other.anyOf)) ||
    other.allOf.some((value) => one.anyOf.includes(value));
  return isAnyOfHeld && includes(other.allOf, one.allOf) && includes(other.noneOf, one.noneOf);
}

/** The members that ask for something. */
function onlyWhatIsAsked(rest: object): object {
  return Object.fromEntries(
    Object.entries(rest).filter(([, part]) =>
      Array.isArray(part) ? part.length > 0 : Object.values(part ?? {}).some(isAsking),
    ),
  );
}

const isAsking = (part: unknown): boolean => (Array.isArray(part) ? part.length > 0 : part !== undefined);

const neverPost = (field: string): Issue => ({
  reason: 'RuleUnreachable',
  field: `${field}.methods`,
  message: 'it never decides: requests of MCP are POST, and these methods do not hold it',
  remedy: 'leave methods out, or write POST',
});

/** How many comparisons take as long as to look for what was meant. */
const MISSPELT_COST = 1200;

/** A method that a server or an extension adds: its name begins with the domain of its owner, as `example.com/reindex`. */
const ADDED = /^[^/]*\.[^/]*\//;

function misspeltAs(method: string, field: string, comparisons: Comparisons): readonly Issue[] {
  if (KNOWN_METHODS.has(method) || ADDED.test(method) || comparisons.left < 0) return [];
  comparisons.left -= MISSPELT_COST;
  const meant = nearest(method, KNOWN_METHODS);
  return [
    {
      reason: 'McpMethodUnknown',
      field,
      message: `clients of MCP 2026-07-28 call no method ${JSON.stringify(method)}, so that this rule may never take what it is for`,
      remedy:
        meant === undefined
          ? 'write a method such as tools/call, and tools into names; leave it where the server has such a method of its own'
          : `did you mean ${meant}?`,
    },
  ];
}

const withoutNames = (field: string, methods: readonly string[]): Issue => ({
  reason: 'McpNameless',
  field: `${field}.mcp.names`,
  message: `requests of ${methods.join(', ')} carry no name, so this rule takes none of them`,
  remedy: 'give these methods a rule of their own, without names',
});

/** What no name begins with once it is decoded: a rule for it would let its call pass to a later one. */
const ENCODED = /^(?:=\?base64\?|\ufeff)/i;

function encodedName(name: string, field: string): readonly Issue[] {
  if (!ENCODED.test(name)) return [];
  const meant = decodeMcpName(name);
  return [
    {
      reason: 'McpNameEncoded',
      field,
      message: 'no call has this name: names are compared as they are meant, not as a header encodes them',
      remedy:
        meant.kind === 'name' ? `write ${JSON.stringify(meant.text)}` : 'write the name as the server has it',
    },
  ];
}

const passable = (field: string, way: string): Issue => ({
  reason: 'McpPassable',
  field: `${field}.match.mcp`,
  message: `spec.mcp.other is Pass: the same call without the headers of MCP, as older clients make it, ${way}`,
  remedy:
    'write other: Deny, or add a rule with authentication: Deny behind those with match.mcp, with their paths and hosts',
});

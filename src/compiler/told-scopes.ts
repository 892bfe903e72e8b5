/** The scopes that the metadata of a resource tells (`scopes_supported`), where its author names none. */

import { takesCall } from '../matching/mcp-match.ts';
import type { RulePolicy } from '../policy/policy.ts';
import { mayMatch } from './may-match.ts';

type ToldRule = Pick<RulePolicy, 'match' | 'authentication' | 'require'>;

/** The metadata tells no more scopes than this, for a client may ask for all of them. */
export const MAX_SCOPES_TOLD = 64;

/** RFC 6749 section 3.3. */
const SCOPE = /^[!#-[\]-~]+$/;
export const isScope = (text: string): boolean => SCOPE.test(text);

/** A client that wants it asks for it by itself, and a server is not to tell it (OpenID Connect Core 1.0, section 11). */
const OFFLINE = 'offline_access';

/** @param mcpPath the path at which MCP is spoken; undefined = it is not. */
export function toldScopes(rules: readonly ToldRule[], mcpPath: string | undefined): readonly string[] {
  const asking = mcpPath === undefined ? rules : firstCallRules(rules, mcpPath);
  const asked = asking
    .filter(({ authentication }) => authentication !== 'Deny')
    .flatMap(({ require: { scopes } }) => [...scopes.allOf, ...scopes.anyOf]);
  const told = asked.filter((scope) => scope !== OFFLINE && isScope(scope));
  return [...new Set(told)].slice(0, MAX_SCOPES_TOLD);
}

/**
 * By these a client of MCP begins. MCP 2026-07-28 has `scopes_supported` be "the minimal set of scopes necessary for basic
 * functionality": for any other call the challenge names what it needs, and a client asks for that in addition.
 */
const FIRST_CALLS: readonly string[] = ['server/discover', 'tools/list', 'prompts/list', 'resources/list'];

/** The rules that may judge one of them. */
function firstCallRules(rules: readonly ToldRule[], path: string): readonly ToldRule[] {
  const found = new Set<ToldRule>();
  for (const method of FIRST_CALLS) {
    for (const rule of rules) {
      const taken = takes(rule, method, path);
      if (taken !== 'No') found.add(rule);
      if (taken === 'All') break;
    }
  }
  return rules.filter((rule) => found.has(rule));
}

/** `All`: no later rule is asked about any such call. */
function takes({ match }: ToldRule, method: string, path: string): 'No' | 'Some' | 'All' {
  const { mcp, methods, paths, hosts } = match;
  if (methods.length > 0 && !methods.includes('POST')) return 'No';
  if (mcp !== undefined && !takesCall(mcp, { method, name: undefined })) return 'No';
  if (paths.length > 0 && paths.every((one) => !mayMatch(one, path))) return 'No';
  return paths.length === 0 && hosts.length === 0 ? 'All' : 'Some';
}

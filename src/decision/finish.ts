/** The second half of a decision: from the token's Verification to the Decision. */

import type { RequestInput } from '../cel/expression.ts';
import type { McpCall } from '../matching/mcp-match.ts';
import { firstProblem } from '../sources/check.ts';
import type { Source } from '../sources/kind.ts';
import type { Identity, Verification } from '../sources/verification.ts';
import { allowIdentity, deny } from './answers.ts';
import type { Pending } from './begin.ts';
import type { PreparedRule } from './binding.ts';
import type { Decision } from './decision.ts';
import { callerHeaders } from './request.ts';
import { REQUIREMENTS, roleMismatch } from './require.ts';
import type { RequirementInput } from './requirement.ts';
import type { RoutedReading } from './route.ts';
import type { Trace } from './trace.ts';

/**
 * Token → source roles → require.
 *
 * @param now Unix seconds: a login that a rule asks for may have become too old since the token was verified.
 */
export function finish(pending: Pending, verification: Verification, now: number, trace?: Trace): Decision {
  switch (verification.kind) {
    case 'refused': {
      const { source, client, ...refusal } = verification;
      const { reason, detail } = refusal;
      trace?.('token', `${reason}: ${detail}`);
      return deny(pending, refusal, { source, client });
    }
    case 'overloaded': {
      const { source } = verification;
      trace?.('token', 'Too many signatures are waiting to be verified');
      return deny(
        pending,
        { reason: 'overloaded', detail: 'Too many tokens are waiting to be verified.' },
        { source },
      );
    }
    case 'verified':
      return judgeIdentity(pending, verification.identity, now, trace);
  }
}

function judgeIdentity(
  pending: Pending,
  identity: Identity,
  now: number,
  trace: Trace | undefined,
): Decision {
  const { rule } = pending;
  const { source, user, client } = identity;
  trace?.('token', `Verified by ${source} for ${user ?? 'a user without a name'}`);
  const required = sourceOf(pending, identity)?.roles ?? [];
  if (required.length > 0 && !required.some((role) => identity.roles.includes(role))) {
    trace?.('source roles', `None of ${required.join(', ')}`);
    return deny(pending, roleMismatch(identity), { source, user, client });
  }
  trace?.('source roles', required.length === 0 ? 'None are asked for' : `One of ${required.join(', ')}`);
  const unmet =
    rule === undefined
      ? undefined
      : firstProblem(REQUIREMENTS, requirementInput(pending, rule, identity, now));
  if (unmet !== undefined) {
    trace?.('require', `${unmet.reason}: ${unmet.detail}`);
    return deny(pending, unmet, { source, user, client });
  }
  trace?.('require', 'Everything that is required holds');
  return allowIdentity(pending, identity);
}

/** Everything that the requirements of the request's rule look at. */
export function requirementInput(
  pending: Pending,
  rule: PreparedRule,
  identity: Identity,
  now: number,
): RequirementInput {
  const { readings } = pending;
  const clockSkew = sourceOf(pending, identity)?.clockSkew ?? 0;
  return { rule, identity, readings, inputFor: inputs(pending, identity), now, clockSkew };
}

const sourceOf = ({ verifier }: Pending, { source }: Identity): Source | undefined =>
  verifier.sources.find(({ id }) => id === source);

/** Returns the input of expressions for a reading; the part that is the same for all readings is made once. */
function inputs(pending: Pending, identity: Identity): (reading: RoutedReading) => RequestInput {
  const { request, host, query, call } = pending;
  let headers: Readonly<Record<string, string>> | undefined;
  return ({ path, params }) => {
    headers ??= callerHeaders(request.headers);
    return {
      claims: identity.claims,
      header: identity.header,
      ...present('user', identity.user),
      ...present('name', identity.name),
      ...present('roles', identity.unreadable.includes('roles') ? undefined : identity.roles),
      ...present('scopes', identity.unreadable.includes('scopes') ? undefined : identity.scopes),
      ...present('client', identity.client),
      source: identity.source,
      params,
      request: { method: request.method, path, host, query, headers },
      mcp: call === undefined ? NO_CALL : mcpFields(call),
    };
  };
}

const NO_CALL: RequestInput['mcp'] = {};

const mcpFields = ({ method, name, version }: McpCall): RequestInput['mcp'] => ({
  method,
  version,
  ...present('name', name),
});

/** Leaves out what the token, or the request, does not have: an expression that reads it is an error, and so a refusal. */
function present<K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in K]: V });
}

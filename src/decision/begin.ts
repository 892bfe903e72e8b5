/** The first half of a decision: from the request to a Decision, or to the token that must be verified. */

import { normalizeHost } from '../matching/hosts.ts';
import type { McpCall } from '../matching/mcp-match.ts';
import type { CredentialPolicy } from '../policy/policy.ts';
import { type Verifier, verifierOf } from '../sources/kind.ts';
import { allowWithoutIdentity, deny, serveMetadata } from './answers.ts';
import type { PreparedBinding, PreparedRule, RuledBinding } from './binding.ts';
import { findCredentials } from './credentials.ts';
import type { CheckRequest, Decision } from './decision.ts';
import type { Enforcer } from './enforcer.ts';
import { describeReading, readingOf } from './mcp-call.ts';
import { isPlainMethod, isPreflight, splitPath } from './request.ts';
import { metadataFor } from './resource-metadata.ts';
import { type RoutedReading, route } from './route.ts';
import type { Trace } from './trace.ts';

/** What is known of a request when only its credential is still to be verified. */
export interface Pending {
  readonly credential: string;
  /** The verifier of the kind of source that takes the credential. */
  readonly verifier: Verifier;
  readonly request: CheckRequest;
  readonly enforcer: Enforcer;
  readonly binding: RuledBinding;
  readonly rule: PreparedRule | undefined;
  /** What it asks of an MCP server; undefined where it is no such request. */
  readonly call: McpCall | undefined;
  readonly host: string;
  readonly query: string;
  readonly readings: readonly RoutedReading[];
}

export type Begun =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'verify'; readonly pending: Pending };

const decided = (decision: Decision): Begun => ({ kind: 'decided', decision });

/**
 * Binding → path → rule → Deny → preflight → credentials. Without an Enforcer: policy_missing.
 *
 * @param chosen the binding that judges. Absent: the one that decides.
 */
export function begin(
  enforcer: Enforcer | undefined,
  request: CheckRequest,
  trace?: Trace,
  chosen?: PreparedBinding,
): Begun {
  if (enforcer === undefined) {
    return decided(
      deny({ request }, { reason: 'policy_missing', detail: 'No policy has been received yet.' }),
    );
  }
  const named = normalizeHost(request.host);
  if (named.kind === 'malformed') {
    trace?.('binding', `The Host header is malformed or doubled: ${JSON.stringify(request.host)}`);
    return decided(
      deny({ request }, { reason: 'request_malformed', detail: 'The Host header is malformed.' }),
    );
  }
  const { host } = named;
  const binding = chosen ?? enforcer.bindingFor(host, request.port, request.route);
  trace?.(
    'binding',
    binding === undefined ? `No binding for ${host}` : bindingFinding(enforcer, binding, host),
  );
  if (binding === undefined) {
    const what = request.route === undefined ? 'host' : 'route';
    return decided(
      deny({ request }, { reason: 'host_unbound', detail: `No ApiBinding guards this ${what}.` }),
    );
  }
  const context = { request, enforcer, binding };
  if (binding.policy.mode === 'Disabled') return decided(allowWithoutIdentity(context, 'disabled'));
  if (binding.kind === 'invalid') {
    trace?.('binding', `Cannot be enforced: ${binding.problem}`);
    return decided(
      deny(context, {
        reason: 'binding_invalid',
        detail: 'The ApiBinding for this host cannot be enforced.',
      }),
    );
  }
  return judgeByRules({ request, enforcer, binding }, host, trace);
}

interface Guarded {
  readonly request: CheckRequest;
  readonly enforcer: Enforcer;
  readonly binding: RuledBinding;
}

function judgeByRules(guarded: Guarded, host: string, trace: Trace | undefined): Begun {
  const { request, enforcer, binding } = guarded;
  const split = splitPath(request.pathAndQuery);
  if (split === undefined || !isPlainMethod(request.method)) {
    trace?.('path', 'The method or the path is malformed');
    return decided(
      deny(guarded, { reason: 'request_malformed', detail: 'The method or the path is malformed.' }),
    );
  }
  const metadata = metadataFor(enforcer, binding, request);
  if (metadata !== undefined) {
    trace?.('path', 'The protected resource metadata, which the validator itself answers: no rule is asked');
    return decided(serveMetadata(guarded, metadata));
  }
  // Before any rule: it chooses among them.
  const reading = readingOf(binding, request);
  if (reading !== undefined) trace?.('mcp', describeReading(reading));
  if (reading?.kind === 'refused') return decided(deny(guarded, reading.refusal));
  const call = reading?.kind === 'call' ? reading.call : undefined;
  const routed = route(binding, { method: request.method, host, call }, split.path);
  if (routed.kind === 'ambiguous') {
    trace?.('path', routed.detail);
    return decided(deny({ ...guarded, call }, { reason: 'path_ambiguous', detail: routed.detail }));
  }
  const { rule, readings } = routed;
  trace?.('path', readings.map(({ path }) => path).join(' | '));
  trace?.(
    'rule',
    rule === undefined
      ? 'No rule matches: a token is required'
      : `${rule.policy.name}, authentication ${rule.policy.authentication}`,
  );
  const context = { ...guarded, rule, call };
  const authentication = rule?.policy.authentication ?? 'Required';
  if (authentication === 'Deny') {
    return decided(deny(context, { reason: 'access_denied', detail: 'Nobody may make this request.' }));
  }
  if (binding.judgement.cors.preflight === 'Allow' && isPreflight(request)) {
    trace?.('preflight', 'A CORS preflight carries no token and is allowed');
    return decided(allowWithoutIdentity(context, 'preflight'));
  }
  trace?.('preflight', 'No CORS preflight that passes without a token');
  if (authentication === 'None') {
    trace?.('credentials', 'No token is looked at');
    return decided(allowWithoutIdentity(context, 'anonymous'));
  }
  const credentials = findCredentials(request, split.query, binding.judgement.credentials);
  switch (credentials.kind) {
    case 'refused':
      trace?.('credentials', credentials.detail);
      return decided(deny(context, credentials));
    case 'none':
      trace?.('credentials', `No token in ${binding.judgement.credentials.map(placeName).join(', ')}`);
      return decided(
        authentication === 'Optional' && !rule?.requires
          ? allowWithoutIdentity(context, 'anonymous')
          : deny(context, { reason: 'token_missing', detail: 'The request carries no token.' }),
      );
    case 'found': {
      trace?.('credentials', `A token in ${placeName(credentials.place)}`);
      const { token: credential } = credentials;
      const verifier = verifierOf(enforcer.verifiersOf(binding), credential);
      if (verifier === undefined) {
        trace?.('token', 'No source of the binding is there, and permits it');
        return decided(
          deny(context, {
            reason: 'keys_unavailable',
            detail: 'No source is left that could judge the token.',
          }),
        );
      }
      return {
        kind: 'verify',
        pending: { ...context, credential, verifier, host, query: split.query, readings },
      };
    }
  }
}

function bindingFinding(enforcer: Enforcer, binding: PreparedBinding, host: string): string {
  const { id, mode } = binding.policy;
  return enforcer.isTrial(binding)
    ? `${id} is for ${host}, in mode Trial`
    : `${id} guards ${host}, in mode ${mode}`;
}

const placeName = ({ in: place, name }: CredentialPolicy): string => `${place} ${name}`;

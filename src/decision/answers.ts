/** Builds every Decision: allows, denials and audited denials. An allow is built here and nowhere else. */

import type { McpCall } from '../matching/mcp-match.ts';
import type { Identity } from '../sources/verification.ts';
import type { PreparedBinding, PreparedRule, RuledBinding } from './binding.ts';
import { challenge } from './challenge.ts';
import { crossOriginHeaders } from './cross-origin.ts';
import type { Allowance, CheckRequest, Decision, Denied, HeaderPair, Served } from './decision.ts';
import type { Enforcer } from './enforcer.ts';
import { forwardIdentity, isTooLarge, MAX_IDENTITY, scrub, withoutCredentials } from './forwarding.ts';
import { loginUrl, redirectTo } from './login.ts';
import { toldCall } from './mcp-call.ts';
import { ownBody } from './own-body.ts';
import { type DenialBody, denialBody, grpcHeaders } from './problem.ts';
import { REASONS } from './reasons.ts';
import type { Refusal } from './refusal.ts';
import { metadataAnswer } from './resource-metadata.ts';

/** What is known of a request when its Decision is built. */
export interface Context {
  readonly request: CheckRequest;
  readonly enforcer?: Enforcer | undefined;
  readonly binding?: PreparedBinding | undefined;
  readonly rule?: PreparedRule | undefined;
  /** What it asks of an MCP server; undefined where it is no such request, or none that could be read. */
  readonly call?: McpCall | undefined;
}

/** Seconds. What is answered with 503 may work again after this time. */
const RETRY_AFTER = '5';

/** Of whom no rules are known. */
const NO_ANSWERS = { login: undefined, bodies: [], judgement: { credentials: [] } };

const bodyHeaders = ({ contentType }: DenialBody): readonly HeaderPair[] => [
  ['content-type', contentType],
  ['cache-control', 'no-store'],
];

/** Refuses, or in mode Audit lets the request pass with nothing of its token. */
export function deny(
  context: Context,
  refusal: Refusal,
  who: {
    readonly source?: string | undefined;
    readonly user?: string | undefined;
    readonly client?: string | undefined;
  } = {},
): Decision {
  const { request, enforcer, binding } = context;
  const { reason, detail, mismatch } = refusal;
  const judged = {
    ...describe(context),
    source: who.source,
    user: who.user,
    client: who.client,
    ...(mismatch !== undefined && { mismatch }),
  };
  if (enforcer !== undefined && binding?.policy.mode === 'Audit') {
    const upstream = removeTokenIfAsked(context, scrub(enforcer, binding, request));
    return { outcome: 'audit_denied', reason, detail, ...judged, upstream };
  }
  const { login, bodies, judgement } = binding?.kind === 'rules' ? binding : NO_ANSWERS;
  const page = login && loginUrl(login, judgement.credentials, request, reason);
  if (page !== undefined) return { outcome: 'denied', reason, detail, ...judged, ...redirectTo(page) };
  const { status } = REASONS[reason];
  const authenticate = challenge(refusal, context);
  const body = ownBody(bodies, refusal, status, request) ?? denialBody(refusal, status, context);
  return {
    outcome: 'denied',
    reason,
    detail,
    ...judged,
    status,
    headers: [
      ...bodyHeaders(body),
      ...(authenticate === undefined ? [] : ([['www-authenticate', authenticate]] as const)),
      ...(status === 503 ? ([['retry-after', RETRY_AFTER]] as const) : []),
      ...(reason === 'method_not_allowed' ? ([['allow', 'POST']] as const) : []),
      ...grpcHeaders(request.headers['content-type'], status),
      ...crossOriginHeaders(request.headers.origin, binding),
    ],
    body: body.text,
  };
}

/** Lets a request pass that has no token, or whose token was not looked at. */
export function allowWithoutIdentity(
  context: Context & { readonly enforcer: Enforcer; readonly binding: PreparedBinding },
  reason: Exclude<Allowance, 'authenticated'>,
): Decision {
  const upstream = scrub(context.enforcer, context.binding, context.request);
  return {
    outcome: 'allowed',
    reason,
    ...describe(context),
    source: undefined,
    user: undefined,
    client: undefined,
    // A disabled binding leaves the request to the app, token and all.
    upstream: reason === 'disabled' ? upstream : removeTokenIfAsked(context, upstream),
  };
}

/**
 * Lets a request pass whose token was verified and whose rule holds, if the headers about the user are small enough to
 * be forwarded.
 */
export function allowIdentity(
  context: Context & { readonly enforcer: Enforcer; readonly binding: PreparedBinding },
  identity: Identity,
): Decision {
  const { enforcer, binding, request } = context;
  const { source, user, client } = identity;
  const named = forwardIdentity(enforcer, binding, identity, request);
  const upstream = named && removeTokenIfAsked(context, named);
  // Envoy would answer 500 or 503 to headers that are too large, and nothing would be logged.
  if (upstream === undefined || (upstream !== named && isTooLarge(upstream)))
    return deny(context, IDENTITY_TOO_LARGE, { source, user, client });
  return {
    outcome: 'allowed',
    reason: 'authenticated',
    ...describe(context),
    source,
    user,
    client,
    upstream,
  };
}

/** Answers a request for the metadata of the binding's resource, whoever asks. */
export function serveMetadata(
  context: Context & { readonly binding: RuledBinding },
  { body }: { readonly body: string },
): Served {
  return {
    outcome: 'served',
    reason: 'resource_metadata',
    ...describe(context),
    ...NOBODY,
    ...metadataAnswer(context.request.method, body),
  };
}

/**
 * HTTP 403 in place of what the validator would answer itself, where that would not come to the client: over this form of
 * a check it would be taken for an allow, or its body would be lost.
 */
export function undeliverable({ binding }: Served): Denied {
  const reason = 'metadata_undeliverable';
  const denied = refusal({ reason, detail: UNDELIVERABLE }, REASONS[reason].status);
  return { ...denied, binding };
}

const UNDELIVERABLE =
  'The protected resource metadata cannot be answered through this proxy: see docs/resource-server.md.';

const NOBODY = { source: undefined, user: undefined, client: undefined };

const IDENTITY_TOO_LARGE: Refusal = {
  reason: 'identity_too_large',
  detail: `The headers that name the user to the API come to more than ${MAX_IDENTITY / 1024} KiB, or with the cookies to more than Envoy takes.`,
};

/** HTTP 503 for a request on which a bug threw: a bug must not become an allow. */
export function internalError(request: CheckRequest): Decision {
  return deny({ request }, { reason: 'internal_error', detail: 'The request could not be judged.' });
}

/** HTTP 400 for bytes that are no request, and for a request that is too large or too slow. */
export function unreadableRequest(detail: string): Denied {
  return refusal({ reason: 'request_malformed', detail }, REASONS.request_malformed.status);
}

const NOT_FOUND = 404;

/** HTTP 404 for a request that is no check, and is not for the metadata of a resource either. */
export function misdirectedCheck(detail: string): Denied {
  return refusal({ reason: 'request_malformed', detail }, NOT_FOUND);
}

const FORBIDDEN = 403;

/** HTTP 403 for a check that tells of another request, by a peer that is not known to be a proxy. */
export function foreignProxy(detail: string): Denied {
  return refusal({ reason: 'request_malformed', detail }, FORBIDDEN);
}

/** HTTP 503 for a check past the number of checks that may wait. */
export function overloadedCheck(detail: string): Denied {
  return refusal({ reason: 'overloaded', detail }, REASONS.overloaded.status);
}

/** A denial of a request that was not judged: its binding, rule and user are not known. */
function refusal({ reason, detail }: Refusal, status: number): Denied {
  const body = denialBody({ reason, detail }, status);
  return {
    outcome: 'denied',
    reason,
    detail,
    status,
    binding: undefined,
    rule: undefined,
    source: undefined,
    user: undefined,
    client: undefined,
    headers: bodyHeaders(body),
    body: body.text,
  };
}

function describe({ binding, rule, call }: Context) {
  return {
    binding: binding?.policy.id,
    rule: rule?.policy.name,
    ...(call !== undefined && { call: toldCall(call) }),
  };
}

function removeTokenIfAsked(context: Context, changes: ReturnType<typeof scrub>) {
  const { binding, request } = context;
  return binding?.kind === 'rules' && binding.policy.forward.token === 'Remove'
    ? withoutCredentials(changes, request, binding.judgement.credentials)
    : changes;
}

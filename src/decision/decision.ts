/** The types of a request, as the caller made it, and of its Decision. */

import type { McpCall } from '../matching/mcp-match.ts';
import type { BoundRoute } from '../policy/gateway-choice.ts';
import type { Mismatch } from '../sources/mismatch.ts';
import type { Reason } from './reasons.ts';

/** A request as Envoy describes it, whichever protocol carried it. */
export interface CheckRequest {
  readonly method: string;
  /** As the client sent it; doubled ones joined by a comma. */
  readonly host: string;
  /** Path and query, byte for byte. */
  readonly pathAndQuery: string;
  /** Lower-case names; doubled ones joined by `, ` (Cookie: by `; `). Envoy's own additions may be among them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Names, in lower case, of those that came more than once, as far as that can be told. Absent = none. */
  readonly doubled?: ReadonlySet<string> | undefined;
  /** A proxy may have joined doubled ones by a comma before they came here. */
  readonly mayBeJoined?: boolean;
  /** The container port it came to; undefined = any. */
  readonly port: number | undefined;
  /** The route that a gateway has matched, as far as it says so. Nothing that a client sends can get here. */
  readonly route?: MatchedRoute | 'Unreadable' | undefined;
}

export interface MatchedRoute extends BoundRoute {
  readonly namespace: string;
}

/** Why a request was allowed. */
export type Allowance = 'authenticated' | 'anonymous' | 'preflight' | 'disabled';

export type HeaderPair = readonly [name: string, value: string];

/** Who was judged by what. Envoy's access log gets all but the client. */
interface Judged {
  readonly binding: string | undefined;
  readonly rule: string | undefined;
  readonly source: string | undefined;
  readonly user: string | undefined;
  /** The token's client, where its signature is good. For the report and live decisions alone. */
  readonly client: string | undefined;
  /** What it asks of an MCP server, as people are told of it. For logs, the report and live decisions alone. */
  readonly call?: McpCall;
}

/** The request goes on to the app. An allow exists only where one was built. */
export interface Allowed extends Judged {
  readonly outcome: 'allowed';
  readonly reason: Allowance;
  readonly upstream: UpstreamChanges;
}

/** The request would have been refused; mode Audit lets it through with nothing of its token. */
export interface AuditDenied extends Judged {
  readonly outcome: 'audit_denied';
  readonly reason: Reason;
  readonly detail: string;
  /** For the log alone. */
  readonly mismatch?: Mismatch;
  readonly upstream: UpstreamChanges;
}

export interface Denied extends Judged {
  readonly outcome: 'denied';
  readonly reason: Reason;
  readonly detail: string;
  /** For the log alone. */
  readonly mismatch?: Mismatch;
  /** 302: a browser is sent to the login page. */
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** The usual one (`problem.ts`), or what the binding has of its own; empty where it is a redirect. */
  readonly body: string;
}

/** The validator itself answers, and the API sees nothing of the request: no rule was asked, and nobody refused. */
export interface Served extends Judged {
  readonly outcome: 'served';
  readonly reason: 'resource_metadata';
  /** 405: the document is there, and has no such method. */
  readonly status: 200 | 204 | 405;
  readonly headers: readonly HeaderPair[];
  /** To be left out where the method is HEAD. */
  readonly body: string;
}

/** The request goes on to the API. */
export type Passing = Allowed | AuditDenied;

export const isPassing = (decision: Decision): decision is Passing =>
  decision.outcome === 'allowed' || decision.outcome === 'audit_denied';

export type Decision = Allowed | AuditDenied | Denied | Served;

/** What Envoy does to the request before the app sees it. No header is in both lists. */
export interface UpstreamChanges {
  readonly set: readonly HeaderPair[];
  readonly remove: readonly string[];
}

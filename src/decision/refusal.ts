/** Why a request is refused, and what its answer must tell of that beside the reason. */

import type { AuthenticationRequirement } from '../policy/policy.ts';
import type { Mismatch } from '../sources/mismatch.ts';
import type { Reason } from './reasons.ts';

export interface Refusal {
  readonly reason: Reason;
  /** For people, in the answer and in logs. */
  readonly detail: string;
  /** What a token needs for this request, for the challenge. Absent: what the rule asks for, where a token must come. */
  readonly scopes?: readonly string[];
  /** The login that the challenge asks for. */
  readonly login?: AuthenticationRequirement;
  /** What a client of MCP is told beside it. Absent: that the request is invalid. */
  readonly mcp?: McpError;
  /** For the log alone. */
  readonly mismatch?: Mismatch;
}

/** A JSON-RPC error of MCP's own. */
export interface McpError {
  readonly code: number;
  readonly data: {
    readonly supported: readonly string[];
    readonly requested?: string;
  };
}

/** What a validator remembers of its decisions, as `GET /report` at its admin address answers, and several of them merged. */

import {
  amount,
  atLeast,
  type Infer,
  list,
  Misshapen,
  oneOf,
  optional,
  orNull,
  type Shape,
  text,
} from '../policy/shape.ts';
import { outcome } from './outcome.ts';

/** So few that sums of all that validators may tell stay finite, which JSON needs. */
const requests: Shape<number> = (value, at) => {
  const count = amount(value, at);
  if (count > Number.MAX_SAFE_INTEGER) throw new Misshapen(`${at} is more than can be counted`);
  return count;
};

/** So many requests ended so. */
const tally = atLeast({
  /** Null where none matched, or the request was refused before one was looked for. */
  rule: orNull(text),
  outcome,
  /** One of docs/troubleshooting.md; of an allowed request why it is allowed. */
  reason: text,
  count: requests,
});

/** The first of the requests of a row. Its path has no query, and no token. */
const example = atLeast({
  method: text,
  path: text,
  /** What it asks of an MCP server; null where it asks for nothing of the kind, absent from older validators. */
  mcpMethod: optional(orNull(text)),
  mcpName: optional(orNull(text)),
  /** Of `x-request-id`: what the log has by it. */
  requestId: orNull(text),
  /** For people; holds no part of the token but the user's name and roles. */
  detail: orNull(text),
  /** Of issuer_unknown and audience_mismatch: what the token claims, what is taken here, and what to do. */
  tokenSays: orNull(text),
  expected: orNull(text),
  remedy: orNull(text),
});

/** Who was refused, or would be (of a Trial also: would be let in), and why. */
const row = atLeast({
  outcome,
  rule: orNull(text),
  reason: text,
  /** namespace/name; null where none was chosen. */
  source: orNull(text),
  /** The token's client (`azp`, `client_id`, … as the source maps it), where the signature is good. */
  client: orNull(text),
  /** Where there is no client: the caller's address, of IPv6 its /64; null where that is not known either. */
  network: orNull(text),
  /** Null where no user was verified. */
  user: orNull(text),
  count: requests,
  /** RFC 3339, of the earliest and the latest. */
  first: text,
  last: text,
  example,
});

const bindingReport = atLeast({
  /** namespace/name; null for requests that no binding was found for, `(other)` for those past the bound of bindings. */
  binding: orNull(text),
  /** Enforce, Audit, Trial or Disabled; null where the policy in force does not have the binding any more. */
  mode: orNull(text),
  /** Each of rule, outcome and reason once. Exact; rule `(other)` for what came past the bound. */
  counts: list(tally),
  /** The most frequent first; at most 256. */
  rows: list(row),
  /** Of the requests that belong into rows, those that are in none, because rows were full. */
  unlisted: requests,
});

const report = atLeast({
  format: oneOf(1),
  /** RFC 3339. Counts are kept by the hour: what is told begins with one. */
  from: text,
  until: text,
  /** How many validators it tells of. */
  validators: amount,
  /** By name. */
  bindings: list(bindingReport),
});

export type Report = Infer<typeof report>;
export type BindingReport = Infer<typeof bindingReport>;
export type ReportRow = Infer<typeof row>;

export type ReadReport =
  | { readonly kind: 'report'; readonly report: Report }
  /** Completes "the answer …". */
  | { readonly kind: 'refused'; readonly problem: string };

/** Reads the answer of a validator, which may be of another version. */
export function readReport(value: unknown): ReadReport {
  try {
    return { kind: 'report', report: report(value, '') };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'refused', problem: `is no report: ${error.message}` };
  }
}

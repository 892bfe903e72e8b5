/** Logs requests that are denied, or would be in mode Enforce; above a rate only some, and the number of the others. */

import type { Clock } from '../base/clock.ts';
import { asSent, withoutQuery } from '../base/sent-text.ts';
import { shorten } from '../base/text.ts';
import type { AuditDenied, Decision, Denied } from '../decision/decision.ts';
import type { LogFields } from '../telemetry/log.ts';
import type { CheckCall } from './check.ts';

export interface DenialLog {
  /** Does not log allowed requests: they are in Envoy's access log. */
  note(check: CheckCall, decision: Decision): void;
}

export interface DenialLogParts {
  readonly log: { warn(message: string, fields: LogFields): void };
  readonly clock: Clock;
}

/** Lines in any one second. */
export const LINES_PER_SECOND = 50;
const SECOND = 1000;
/** Bounds what a caller can make us write; in characters. */
const MAX_TEXT = 512;
const MAX_WORD = 256;

export function createDenialLog({ log, clock }: DenialLogParts): DenialLog {
  let start = Number.NEGATIVE_INFINITY;
  let written = 0;
  let left = 0;

  const sayWhatIsMissing = (): void => {
    if (left > 0) log.warn('further denials not logged', { count: left });
    left = 0;
  };

  return {
    note: (check, decision) => {
      if (decision.outcome === 'allowed' || decision.outcome === 'served') return;
      const now = clock.monotonic();
      if (now - start >= SECOND) {
        sayWhatIsMissing();
        start = now;
        written = 0;
      }
      if (written >= LINES_PER_SECOND) {
        if (left === 0) clock.after(SECOND, sayWhatIsMissing);
        left += 1;
        return;
      }
      written += 1;
      log.warn(decision.outcome === 'denied' ? 'request denied' : 'request would be denied', {
        ...describe(check, decision),
      });
    },
  };
}

function describe({ request, client }: CheckCall, decision: AuditDenied | Denied): LogFields {
  const { outcome, reason, detail, mismatch, binding, rule, source, user, call } = decision;
  return {
    outcome,
    reason,
    detail: shortened(detail, MAX_TEXT),
    // What the token claims, which is not verified. The client is not told.
    token_says: asSent(mismatch?.says, MAX_TEXT),
    expected: shortened(mismatch?.expected, MAX_TEXT),
    remedy: mismatch?.remedy ?? `docs/troubleshooting.md#${reason}`,
    binding,
    rule,
    source,
    user: shortened(user, MAX_WORD),
    client: asSent(client, MAX_WORD),
    request_id: asSent(request.headers['x-request-id'], MAX_WORD),
    method: asSent(request.method, MAX_WORD),
    host: asSent(request.host, MAX_WORD),
    route: routeText(request.route),
    path: asSent(withoutQuery(request.pathAndQuery), MAX_TEXT),
    mcp_method: asSent(call?.method, MAX_WORD),
    mcp_name: asSent(call?.name, MAX_WORD),
  };
}

function routeText(route: CheckCall['request']['route']): string | undefined {
  if (route === undefined || route === 'Unreadable') return route;
  const { kind, namespace, name, section } = route;
  return `${kind} ${namespace}/${name}${section === undefined ? '' : ` (${section})`}`;
}

const shortened = (text: string | undefined, longest: number): string | undefined =>
  text === undefined ? undefined : shorten(text, longest);

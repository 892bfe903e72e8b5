/** A Decision as Envoy's HTTP authorization service wants it: 200 allows, all else denies. */

import { Buffer } from 'node:buffer';
import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { undeliverable } from '../../decision/answers.ts';
import type { Decision, Denied, Served, UpstreamChanges } from '../../decision/decision.ts';
import { CARRIERS } from '../../sidecar/headers.ts';
import { annotations } from '../annotations.ts';
import { octetsOf } from '../octets.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Names and values in turn, as Node.js writes them fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Envoy adds the time of our answer under this name, and would send it on to the app. */
const OUR_SERVICE_TIME = 'x-envoy-upstream-service-time';

/**
 * Denied is what comes out unless the outcome says otherwise.
 *
 * @param carriers the statuses that the Envoy that asks turns back into what they stand for.
 */
export function httpAnswer(decision: Decision, carriers: readonly string[] = NONE): HttpAnswer {
  const headers = annotations(decision);
  switch (decision.outcome) {
    case 'allowed':
    case 'audit_denied':
      addChanges(headers, decision.upstream);
      headers.push('content-length', '0');
      return { status: 200, headers, body: '' };
    case 'served': {
      const sent = deliverable(decision, carriers);
      return sent.outcome === 'served' ? written(sent, headers, carriers) : httpAnswer(sent, carriers);
    }
    case 'denied':
      return written(decision, headers, carriers);
  }
}

const NONE: readonly string[] = [];

/**
 * Of 200, any caller would make an allow, and of 204 many: what has such a status goes out by a carrier, or not at all.
 */
export function deliverable(decision: Decision, carriers: readonly string[]): Decision {
  if (decision.outcome !== 'served' || decision.status === 405) return decision;
  return carriers.includes(String(CARRIERS[decision.status])) ? decision : undeliverable(decision);
}

function written(
  { status, headers: own, body }: Denied | Served,
  headers: string[],
  carriers: readonly string[],
): HttpAnswer {
  for (const [name, value] of own) headers.push(name, value);
  headers.push('content-length', String(Buffer.byteLength(body)));
  return { status: carriedBy(status, carriers), headers, body };
}

/** The status that goes out: itself, where it needs no carrier, or the caller knows none. */
export function carriedBy(status: number, carriers: readonly string[]): number {
  const carrier = status === 503 || status === 200 || status === 204 ? CARRIERS[status] : undefined;
  return carrier !== undefined && carriers.includes(String(carrier)) ? carrier : status;
}

function addChanges(headers: string[], { set, remove }: UpstreamChanges): void {
  // The caller's own cookies, which need not be ASCII: Node.js writes each character as one byte.
  for (const [name, value] of set) headers.push(name, name === 'cookie' ? octetsOf(value) : value);
  headers.push('x-envoy-auth-headers-to-remove', [OUR_SERVICE_TIME, ...remove].join(','));
}

/**
 * Writes the whole answer as text, each character one byte, for a connection that Node.js's HTTP server no longer manages.
 * It says that the connection closes. Throws as writeHead does.
 */
export function rawAnswer({ status, headers, body }: HttpAnswer): string {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name = '', value = ''] = headers.slice(i, i + 2);
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines.push(`${name}: ${value}`);
  }
  return [...lines, 'connection: close', '', octetsOf(body)].join('\r\n');
}

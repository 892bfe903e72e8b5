/** A Decision as Envoy's HTTP authorization service wants it: 200 allows, all else denies. */

import { Buffer } from 'node:buffer';
import { STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import type { Decision, UpstreamChanges } from '../../decision/decision.ts';
import { CARRIER } from '../../sidecar/headers.ts';
import { annotations } from '../annotations.ts';
import { octetsOf } from '../octets.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Names and values in turn, as Node.js writes them fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

const UNAVAILABLE = 503;

/** Envoy adds the time of our answer under this name, and would send it on to the app. */
const OUR_SERVICE_TIME = 'x-envoy-upstream-service-time';

/**
 * Denied is what comes out unless the outcome says otherwise.
 *
 * @param carries true when the Envoy that asks turns status 424 (CARRIER) back into 503.
 */
export function httpAnswer(decision: Decision, carries = false): HttpAnswer {
  const headers = annotations(decision);
  switch (decision.outcome) {
    case 'allowed':
    case 'audit_denied':
      addChanges(headers, decision.upstream);
      headers.push('content-length', '0');
      return { status: 200, headers, body: '' };
    case 'denied': {
      const { status, body } = decision;
      for (const [name, value] of decision.headers) headers.push(name, value);
      headers.push('content-length', String(Buffer.byteLength(body)));
      return { status: carries && status === UNAVAILABLE ? CARRIER : status, headers, body };
    }
  }
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

/** A Decision as Envoy's HTTP authorization service wants it: 200 allows, all else denies. */

import { Buffer } from 'node:buffer';
import type { Decision, UpstreamChanges } from '../../decision/decision.ts';
import { annotations } from '../annotations.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Names and values in turn, as Node.js writes them fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Envoy notes the time of our own answer, and would pass the note on to the app. */
const OUR_SERVICE_TIME = 'x-envoy-upstream-service-time';

/** Denied is what comes out unless the outcome says otherwise. */
export function httpAnswer(decision: Decision): HttpAnswer {
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
      return { status, headers, body };
    }
  }
}

function addChanges(headers: string[], { set, remove }: UpstreamChanges): void {
  for (const [name, value] of set) headers.push(name, name === 'cookie' ? asOctets(value) : value);
  headers.push('x-envoy-auth-headers-to-remove', [OUR_SERVICE_TIME, ...remove].join(','));
}

/** The caller's own cookies, which need not be ASCII: Node.js writes each character as one byte. */
function asOctets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The whole answer as bytes on the wire, for a connection that HTTP has lost hold of. Closes it. */
export function rawAnswer({ status, headers, body }: HttpAnswer, phrase: string): string {
  const lines = [`HTTP/1.1 ${status} ${phrase}`];
  for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return [...lines, 'connection: close', '', body].join('\r\n');
}

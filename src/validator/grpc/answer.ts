/** A Decision as Envoy's gRPC authorization service wants it. A response without fields would allow. */

import { unreadableRequest } from '../../decision/answers.ts';
import type { Decision, HeaderPair } from '../../decision/decision.ts';
import { annotations } from '../annotations.ts';
import type { envoy } from './messages.gen.js';

export type CheckAnswer = envoy.service.auth.v3.CheckResponse.$Properties;
type HeaderOption = envoy.service.auth.v3.HeaderValueOption.$Properties;

const OK = 0;
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/**
 * Turns an allow into a denial where it sets cookies that are not UTF-8: gRPC sends headers as text, so it cannot put
 * such cookies back without the token. In mode Audit `grpcAnswer` replaces the bytes that are not text.
 */
export function withTextHeaders(decision: Decision): Decision {
  if (decision.outcome !== 'allowed' || decision.upstream.set.every(([, value]) => value.isWellFormed())) {
    return decision;
  }
  const { binding, rule, source, user } = decision;
  const denied = unreadableRequest('A cookie beside the token holds bytes that are no UTF-8.');
  return { ...denied, binding, rule, source, user };
}

/**
 * Denied is what comes out unless the outcome says otherwise.
 *
 * @param connection the header of that name, of a request that asks for an upgrade.
 */
export function grpcAnswer(decision: Decision, connection?: string): CheckAnswer {
  const dynamicMetadata = { fields: metadata(decision) };
  switch (decision.outcome) {
    case 'allowed':
    case 'audit_denied': {
      const { remove } = decision.upstream;
      const set = [...decision.upstream.set, ...upgradeAlone(connection)];
      return {
        status: { code: OK },
        okResponse: { headers: set.map(overwrite), headersToRemove: [...remove] },
        dynamicMetadata,
      };
    }
    // Envoy hands on whatever status a denial has, 200 too, and takes the code for what it goes by.
    case 'served':
    case 'denied': {
      const { reason, status, headers, body } = decision;
      return {
        status: { code: statusCode(status), message: reason },
        deniedResponse: { status: { code: status }, headers: headers.map(overwrite), body },
        dynamicMetadata,
      };
    }
  }
}

/**
 * Makes `Connection` name nothing but the upgrade: a proxy in the app would remove each header that it names, the
 * user's too.
 */
const upgradeAlone = (connection: string | undefined): readonly HeaderPair[] =>
  connection === undefined || connection.toLowerCase() === 'upgrade' ? [] : [['connection', 'Upgrade']];

/** Anything but OK denies; Envoy itself turns the HTTP status into what a gRPC caller sees. */
function statusCode(httpStatus: number): number {
  switch (httpStatus) {
    case 400:
      return INVALID_ARGUMENT;
    case 401:
      return UNAUTHENTICATED;
    case 503:
      return UNAVAILABLE;
    default:
      return PERMISSION_DENIED;
  }
}

/** Sets `append` on every header: Envoy 1.37.0 appends where it is absent, which left a forged header beside ours. */
function overwrite([key, value]: HeaderPair): HeaderOption {
  return { header: { key, value: value.toWellFormed() }, append: { value: false } };
}

function metadata(decision: Decision): Record<string, { stringValue: string }> {
  const pairs = annotations(decision);
  const fields: Record<string, { stringValue: string }> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) fields[pairs[i] ?? ''] = { stringValue: pairs[i + 1] ?? '' };
  return fields;
}

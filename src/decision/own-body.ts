/** Bodies of denials that a binding has of its own. */

import type { BodyPolicy } from '../policy/answers.ts';
import { type BodyValues, bodyForm, templateParts, writeBody } from '../policy/body-template.ts';
import type { CheckRequest } from './decision.ts';
import { REASONS } from './reasons.ts';
import type { Refusal } from './refusal.ts';
import { saysGrpc } from './request.ts';

export interface PreparedBody {
  readonly statuses: readonly number[];
  readonly contentType: string;
  write(values: BodyValues): string;
}

export function prepareBody({ statuses, contentType, body }: BodyPolicy): PreparedBody {
  const parts = templateParts(body);
  const form = bodyForm(contentType);
  return {
    statuses,
    contentType: form === 'JSON' ? contentType : `${contentType}; charset=utf-8`,
    write: (values) => writeBody(parts, form, values),
  };
}

/** Undefined: the usual one. A gRPC caller has no use for another: Envoy puts the body into `grpc-message`. */
export function ownBody(
  bodies: readonly PreparedBody[],
  { reason, detail }: Refusal,
  status: number,
  request: CheckRequest,
): { readonly contentType: string; readonly text: string } | undefined {
  const own = bodies[indexFor(bodies, status, request)];
  if (own === undefined) return undefined;
  const { title } = REASONS[reason];
  const requestId = requestIdOf(request);
  return {
    contentType: own.contentType,
    text: own.write({ status: String(status), reason, title, detail, requestId }),
  };
}

/** The first entry that has the status; -1 where there is none. */
const indexFor = (bodies: readonly PreparedBody[], status: number, { headers }: CheckRequest): number =>
  saysGrpc(headers['content-type']) ? -1 : bodies.findIndex(({ statuses }) => statuses.includes(status));

/** Which body it is, for people who ask. */
export function describeBody(bodies: readonly PreparedBody[], status: number, request: CheckRequest): string {
  const index = indexFor(bodies, status, request);
  const own = bodies[index];
  if (own !== undefined) return `The body is that of answers.denied[${index}], ${own.contentType}`;
  return saysGrpc(request.headers['content-type'])
    ? 'The usual body: it is a call of gRPC'
    : `The usual body: no entry of answers.denied has ${status}`;
}

/** A client may have made it: one that no proxy would make is none. */
const REQUEST_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

function requestIdOf({ headers }: CheckRequest): string {
  const id = headers['x-request-id'] ?? '';
  return REQUEST_ID.test(id) ? id : '';
}

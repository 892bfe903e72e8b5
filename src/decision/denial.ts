/** The parts of a denial: the RFC 6750 challenge, the RFC 9457 body, and CORS headers so that pages can read it. */

import type { Mismatch } from '../sources/mismatch.ts';
import type { PreparedBinding } from './binding.ts';
import type { HeaderPair } from './decision.ts';
import { REASONS, type Reason } from './reasons.ts';

/** Seconds. What is answered with 503 may work again after this time. */
export const RETRY_AFTER = '5';

export interface Refusal {
  readonly reason: Reason;
  readonly detail: string;
  /** For scope_insufficient: what the challenge asks for. */
  readonly scope?: string;
  /** For the log alone. */
  readonly mismatch?: Mismatch;
}

export function problemBody({ reason, detail }: Refusal, status: number): string {
  const { title } = REASONS[reason];
  return JSON.stringify({
    type: `https://portcullis.dev/problems/${reason}`,
    title,
    status,
    detail,
    reason,
  });
}

/** The value of WWW-Authenticate (RFC 6750 section 3, RFC 9728 section 5.1); undefined = none. */
export function challenge(refusal: Refusal, binding: PreparedBinding | undefined): string | undefined {
  const { challenge: kind } = REASONS[refusal.reason];
  if (kind === 'none' || binding?.kind !== 'rules') return undefined;
  const { realm, resourceMetadata } = binding.judgement;
  const params = [`realm=${quoted(realm)}`];
  if (kind !== 'bare') {
    params.push(`error="${kind}"`, `error_description=${quoted(refusal.detail)}`);
    if (refusal.scope !== undefined && refusal.scope !== '') params.push(`scope=${quoted(refusal.scope)}`);
  }
  if (resourceMetadata !== '') params.push(`resource_metadata=${quoted(resourceMetadata)}`);
  return `Bearer ${params.join(', ')}`;
}

/** A quoted-string (RFC 9110 section 5.6.4); what RFC 6750 does not allow in one becomes a question mark. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, "'")}"`;
}

/** Without these a browser hides the denial from the page, which then cannot tell 401 from a broken network. */
export function crossOriginHeaders(
  origin: string | undefined,
  binding: PreparedBinding | undefined,
): readonly HeaderPair[] {
  if (binding?.kind !== 'rules' || binding.judgement.cors.allowOrigins.length === 0) return [];
  if (origin === undefined || !binding.judgement.cors.allowOrigins.includes(origin))
    return [['vary', 'Origin']];
  return [
    ['access-control-allow-origin', origin],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'WWW-Authenticate, Retry-After'],
    ['vary', 'Origin'],
  ];
}

/** The code of google.rpc.Code that a 400 is. */
const INVALID_ARGUMENT = '3';

/**
 * Envoy turns a denial of a gRPC call into a grpc-status by its HTTP status, and that of 400 is INTERNAL,
 * which would blame the server. An existing status is kept.
 */
export function grpcHeaders(contentType: string | undefined, status: number): readonly HeaderPair[] {
  return status === 400 && contentType?.toLowerCase().startsWith('application/grpc')
    ? [['grpc-status', INVALID_ARGUMENT]]
    : [];
}

/** The body of a denial (RFC 9457), and the grpc-status for callers that read none. */

import type { HeaderPair } from './decision.ts';
import { REASONS } from './reasons.ts';
import type { Refusal } from './refusal.ts';

export interface DenialBody {
  readonly contentType: string;
  readonly text: string;
}

/** The body of every denial: its form is chosen here alone. */
export function denialBody({ reason, detail }: Refusal, status: number): DenialBody {
  const { title } = REASONS[reason];
  const type = `https://portcullis.dev/problems/${reason}`;
  return {
    contentType: 'application/problem+json',
    text: JSON.stringify({ type, title, status, detail, reason }),
  };
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

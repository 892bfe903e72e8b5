/** The usual body of a denial: problem+json (RFC 9457), or the JSON-RPC error of MCP; and the grpc-status for callers that read none. */

import type { PreparedBinding } from './binding.ts';
import type { CheckRequest, HeaderPair } from './decision.ts';
import { REASONS } from './reasons.ts';
import type { Refusal } from './refusal.ts';
import { saysGrpc } from './request.ts';

export interface DenialBody {
  readonly contentType: string;
  readonly text: string;
}

/** Who is answered. Absent: nobody of whom anything is known. */
interface Asked {
  readonly request: CheckRequest;
  readonly binding?: PreparedBinding | undefined;
}

/** The body of a denial, where the binding has none of its own for it: its form is chosen here alone. */
export function denialBody(refusal: Refusal, status: number, asked?: Asked): DenialBody {
  const { reason, detail } = refusal;
  const { title } = REASONS[reason];
  const type = `https://portcullis.dev/problems/${reason}`;
  const problem = { type, title, status, detail, reason };
  return asked !== undefined && status === BAD_REQUEST && speaksMcp(asked)
    ? { contentType: 'application/json', text: rpcError(refusal, problem) }
    : { contentType: 'application/problem+json', text: JSON.stringify(problem) };
}

const BAD_REQUEST = 400;

function speaksMcp({ request, binding }: Asked): boolean {
  return (
    binding?.kind === 'rules' &&
    binding.judgement.mcp !== undefined &&
    !saysGrpc(request.headers['content-type'])
  );
}

/** Of JSON-RPC. */
const INVALID_REQUEST = -32_600;

/**
 * The id stands in the body of the request, which is not read: JSON-RPC has null for that (section 5). The schema of MCP would
 * leave it out, but there are clients, that of Python among them, which then do not read the error.
 */
function rpcError(
  { mcp }: Refusal,
  problem: Readonly<Record<string, unknown>> & { readonly detail: string },
): string {
  const error = {
    code: mcp?.code ?? INVALID_REQUEST,
    message: problem.detail,
    data: { ...problem, ...mcp?.data },
  };
  return JSON.stringify({ jsonrpc: '2.0', id: null, error });
}

/** The code of google.rpc.Code that a 400 is. */
const INVALID_ARGUMENT = '3';

/**
 * Envoy turns a denial of a gRPC call into a grpc-status by its HTTP status, and that of 400 is INTERNAL,
 * which would blame the server. An existing status is kept.
 */
export function grpcHeaders(contentType: string | undefined, status: number): readonly HeaderPair[] {
  return status === BAD_REQUEST && saysGrpc(contentType) ? [['grpc-status', INVALID_ARGUMENT]] : [];
}

/** What report and live decisions want to know of a decision, and how it is made fit to be told. */

import { withoutQuery } from '../base/sent-text.ts';
import { cleaned } from './kept-text.ts';

/** A Decision, or a TrialDecision. */
export interface NotedDecision {
  readonly binding: string | undefined;
  readonly rule: string | undefined;
  readonly reason: string;
  readonly source: string | undefined;
  readonly user: string | undefined;
  /** The token's, where its signature is good. */
  readonly client: string | undefined;
  /** What it asks of an MCP server. */
  readonly call?: {
    readonly version: string;
    readonly method: string;
    readonly name: string | undefined;
  };
  /** Of a refusal. */
  readonly detail?: string | undefined;
  readonly mismatch?:
    | { readonly says: string; readonly expected: string; readonly remedy: string }
    | undefined;
}

export interface NotedRequest {
  readonly method: string;
  readonly host: string;
  readonly pathAndQuery: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface NotedCall {
  readonly request: NotedRequest;
  /** The caller's address; undefined = unknown. */
  readonly client: string | undefined;
}

/** Which callers without a client count as one. */
export type NetworkOf = (address: string | undefined) => string;

/** In characters. */
export const MAX_WORD = 256;
const MAX_METHOD = 32;
const MAX_REQUEST_ID = 128;
const MAX_PATH = 512;
const MAX_DETAIL = 256;

/** Each '' where it is not known. */
export interface NotedCaller {
  readonly source: string;
  readonly user: string;
  readonly client: string;
  readonly network: string;
}

export function callerOf(
  decision: NotedDecision,
  address: string | undefined,
  networkOf: NetworkOf,
): NotedCaller {
  const client = cleaned(decision.client, MAX_WORD);
  return {
    source: decision.source ?? '',
    user: userText(decision.user),
    client,
    network: client === '' ? cleaned(networkOf(address), MAX_WORD) : '',
  };
}

/** Each '' where there is none. */
export interface NotedDetails {
  readonly method: string;
  readonly path: string;
  readonly mcpMethod: string;
  readonly mcpName: string;
  readonly requestId: string;
  readonly detail: string;
  readonly tokenSays: string;
  readonly expected: string;
  readonly remedy: string;
}

export function detailsOf({ detail, mismatch, call }: NotedDecision, request: NotedRequest): NotedDetails {
  return {
    method: cleaned(request.method, MAX_METHOD),
    path: cleaned(withoutQuery(request.pathAndQuery), MAX_PATH),
    mcpMethod: cleaned(call?.method, MAX_WORD),
    mcpName: cleaned(call?.name, MAX_WORD),
    requestId: cleaned(request.headers['x-request-id'], MAX_REQUEST_ID),
    detail: cleaned(detail, MAX_DETAIL),
    tokenSays: cleaned(mismatch?.says, MAX_DETAIL),
    expected: cleaned(mismatch?.expected, MAX_DETAIL),
    remedy: cleaned(mismatch?.remedy, MAX_DETAIL),
  };
}

export const userText = (user: string | undefined): string => cleaned(user, MAX_WORD);

export const hostOf = (request: NotedRequest): string => cleaned(request.host, MAX_WORD);

/** As JSON tells it: null where there is none. */
export const told = (text: string): string | null => (text === '' ? null : text);

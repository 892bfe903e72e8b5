/** Text that a caller has sent and nobody has verified, made fit to be logged or kept. */

import { shorten } from './text.ts';

/** A JSON object in base64url: how `{"`, `{ ` or `{` and a line break begin, and more characters than a name has. */
const TOKEN = /(?:eyJ|eyA|ewog|ewoJ|ew0K)[\w.%-]{12,}/g;

/** Shortens it, and removes what looks like a token: some clients put tokens into a path. */
export function asSent(text: string, longest: number): string;
export function asSent(text: string | undefined, longest: number): string | undefined;
export function asSent(text: string | undefined, longest: number): string | undefined {
  return text === undefined ? undefined : shorten(text, longest).replaceAll(TOKEN, '[token]');
}

/** The path alone: a query, or what somebody took for a fragment, may hold a token. */
export function withoutQuery(pathAndQuery: string): string {
  const end = pathAndQuery.search(/[?#]/);
  return end < 0 ? pathAndQuery : pathAndQuery.slice(0, end);
}

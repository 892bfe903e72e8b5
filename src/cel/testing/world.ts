/** For tests: one request, and what an expression says of it. */

import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../base/json.ts';
import { newAllowance } from '../../regex/allowance.ts';
import {
  checkExpression,
  compileExpression,
  type RequestInput,
  type Scope,
  type SourceInput,
} from '../expression.ts';

const CLAIMS: JsonObject = JSON.parse(`{
  "sub": "ann", "email_verified": true, "level": 3, "ratio": 1.5, "whole": 2.0, "negative": -4, "none": null,
  "unsafe": 9007199254740993, "huge": 1e30, "groups": ["a", "b"], "numbers": [1, 2, 3],
  "address": {"city": "Bern"}, "https://x.com/roles": ["ops"], "emoji": "a\u{1f600}b"
}`);

export const INPUT: RequestInput = {
  claims: CLAIMS,
  header: { alg: 'RS256', kid: 'k1' },
  user: 'ann',
  name: 'Ann Smith',
  roles: ['admin', 'team-a'],
  scopes: ['orders:read', 'orders:write'],
  client: 'web',
  source: 'shop/okta',
  params: { id: 'ann' },
  mcp: { method: 'tools/call', name: 'delete_file', version: '2026-07-28' },
  request: {
    method: 'GET',
    path: '/users/ann/orders',
    host: 'shop.example',
    query: 'page=2',
    headers: { 'x-a': '1', accept: 'text/html' },
  },
};

export const SOURCE_INPUT: SourceInput = { claims: CLAIMS, header: INPUT.header };

/** The value; or the error's problem; or the refusal's, after `refused: `. */
export function run(text: string, scope: Scope = 'mcp', given: SourceInput = INPUT): boolean | string {
  const compiled = compileExpression(text, scope);
  const refusal = checkExpression(text, scope, newAllowance());
  if (!isDeepStrictEqual(refusal, compiled.kind === 'refused' ? compiled : undefined)) {
    throw new Error(`to check ${text} comes to something else than to compile it`);
  }
  if (compiled.kind === 'refused') return `refused: ${compiled.problem}`;
  const outcome = compiled.expression.evaluate(given);
  return outcome.kind === 'value' ? outcome.value : outcome.problem;
}

import { expect, it } from 'vitest';
import { accessLine, logLine, tellsOfMistake } from './lines.ts';

const entry = { time: '2026-11-23T22:55:22.130Z', method: 'GET', path: '/admin', status: 403 };

it.each([
  [
    { ...entry, reason: 'role_mismatch', user: 'joe', rule: 'admin' },
    '22:55:22  403  GET /admin  role_mismatch, user joe, rule admin',
  ],
  [
    { ...entry, status: 401, reason: 'token_missing', user: null, rule: null },
    '22:55:22  401  GET /admin  token_missing',
  ],
  [
    {
      ...{ ...entry, method: 'POST', path: '/mcp', reason: 'scope_insufficient', rule: 'calls' },
      ...{ mcp_method: 'tools/call', mcp_name: 'delete_file' },
    },
    '22:55:22  403  POST /mcp tools/call delete_file  scope_insufficient, rule calls',
  ],
  [
    { ...entry, reason: 'token_missing', mcp_method: 'tools/list', mcp_name: null },
    '22:55:22  403  GET /admin tools/list  token_missing',
  ],
  [
    { ...entry, status: 503, reason: null, status_details: 'ext_authz_error' },
    '22:55:22  503  GET /admin  ext_authz_error',
  ],
  [
    { ...entry, method: null, path: null, status: 400, status_details: 'http1.unexpected_underscore' },
    '22:55:22  400  -   http1.unexpected_underscore',
  ],
])('shows a request: %o', (line, shown) => {
  expect(accessLine(JSON.stringify(line))).toBe(shown);
});

it.each(['[warning] something', '{"a":1}', '7', 'null', ''])('passes over what is no request: %s', (line) => {
  expect(accessLine(line)).toBeUndefined();
});

it.each([
  [
    '{"level":50,"time":"2026-11-23T22:55:22.130Z","msg":"api-binding.yaml:17:3: error: unknown field"}',
    'validator: api-binding.yaml:17:3: error: unknown field',
  ],
  ['{"level":40,"msg":"a warning"}', 'validator: a warning'],
  ['{"level":30,"msg":"serving"}', undefined],
  ['{"level":30,"file":"a.yaml","msg":"a.yaml: mended, in force"}', 'validator: a.yaml: mended, in force'],
  [
    '{"level":30,"source":"shop/demo","msg":"the keys of shop/demo can be fetched again"}',
    'validator: the keys of shop/demo can be fetched again',
  ],
  ['{"level":40,"msg":"request denied","outcome":"denied","reason":"role_mismatch"}', undefined],
  [
    '{"level":40,"msg":"request denied","outcome":"denied","reason":"keys_unavailable","detail":"No keys yet."}',
    'validator: keys_unavailable: No keys yet.',
  ],
  ['plain text', 'plain text'],
])('shows what the validator warns of: %s', (line, shown) => {
  expect(logLine(line)).toBe(shown);
});

it.each([
  ['{"level":50,"msg":"a.yaml:1:1: error: unknown field"}', true],
  ['{"level":40,"file":"a.yaml","msg":"a.yaml: until its errors are mended, …"}', true],
  [
    '{"level":40,"source":"shop/demo","code":"UNKNOWN_HOST","msg":"the keys of shop/demo cannot be fetched"}',
    true,
  ],
  ['{"level":40,"msg":"a.yaml:1:1: warning: an open rule"}', false],
  ['{"level":30,"file":"a.yaml","msg":"a.yaml: in force"}', false],
  ['plain text', false],
])('knows what has to be mended: %s', (line, isMistake) => {
  expect(tellsOfMistake(line)).toBe(isMistake);
});

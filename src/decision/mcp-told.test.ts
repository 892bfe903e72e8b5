/** What the caller and expressions are told of a request of MCP. */

import { describe, expect, it } from 'vitest';
import { headerOf } from '../../test/support/decide.ts';
import { ask, type Changes, encoded, errorOf, guarded, said, VERSION } from '../../test/support/mcp.ts';
import { bindingPolicy, cel, rulePolicy } from '../../test/support/policy.ts';

describe('the body of a 400', () => {
  it('is a JSON-RPC error of a request whose id was not read, whatever the reason', () => {
    const decision = ask({ authorization: 'Bearer x, Bearer y' });
    expect(decision).toMatchObject({ outcome: 'denied', status: 400, reason: 'token_ambiguous' });
    expect(headerOf(decision, 'content-type')).toBe('application/json');
    if (decision.outcome !== 'denied') return;
    expect(JSON.parse(decision.body)).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: -32_600,
        message: decision.detail,
        data: {
          type: 'https://portcullis.dev/problems/token_ambiguous',
          title: 'The request holds more than one token',
          status: 400,
          detail: decision.detail,
          reason: 'token_ambiguous',
        },
      },
    });
  });

  it('is problem+json for callers of gRPC, and where the API speaks no MCP', () => {
    const grpc = ask({ 'content-type': 'application/grpc+proto', 'mcp-method': undefined });
    const plain = ask({ authorization: 'Bearer x, Bearer y' }, {}, bindingPolicy());
    for (const decision of [grpc, plain]) {
      expect(decision).toMatchObject({ outcome: 'denied', status: 400 });
      expect(headerOf(decision, 'content-type')).toBe('application/problem+json');
    }
    expect(headerOf(grpc, 'grpc-status')).toBe('3');
  });

  it('is bounded, and holds nothing that would end its text', () => {
    const decision = ask({ 'mcp-protocol-version': '"\\'.repeat(64) });
    expect(errorOf(decision)).toMatchObject({ data: { requested: '"\\'.repeat(64) } });
    expect(said(ask({ 'mcp-protocol-version': 'x'.repeat(129) }))).toBe('denied request_malformed');
  });
});

it('expressions read what is asked for; what is absent is an error', () => {
  const by = (expression: string, changes: Changes = {}, binding = guarded) =>
    ask(changes, {}, binding('Deny', [rulePolicy({ require: cel(expression) })])).outcome;
  expect(by("mcp.method == 'tools/call' && mcp.name == 'größe'", { 'mcp-name': encoded('größe') })).toBe(
    'allowed',
  );
  expect(by(`mcp.version == '${VERSION}'`)).toBe('allowed');
  const list = { 'mcp-method': 'tools/list' };
  expect(by("mcp.name != 'delete_file'", list)).toBe('denied');
  expect(by("!has(mcp.name) || mcp.name != 'delete_file'", list)).toBe('allowed');
  // Where nobody reads calls of MCP, none of them is known: what asks for one cannot be enforced.
  for (const expression of ["mcp.method != 'x'", '!has(mcp.method)']) {
    const plain = bindingPolicy({ rules: [rulePolicy({ require: cel(expression) })] });
    expect(said(ask({}, {}, plain))).toBe('denied binding_invalid');
  }
});

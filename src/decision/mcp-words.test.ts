/** Headers of MCP that are one word each, in forms that no client of good will sends. */

import { expect, it } from 'vitest';
import { ask, guarded, said, VERSION } from '../../test/support/mcp.ts';

it('a method or version with an exclamation mark may be another, where a proxy puts one for other bytes', () => {
  for (const changes of [{ 'mcp-method': 'tools/call!' }, { 'mcp-protocol-version': `${VERSION}!` }]) {
    for (const other of ['Deny', 'Pass'] as const) {
      const decision = ask(changes, { mayBeJoined: true }, guarded(other));
      expect(said(decision)).toBe('denied request_malformed');
    }
  }
  expect(said(ask({ 'mcp-method': 'wave!' }))).toBe('allowed authenticated by rest');
});

it('a header full of spaces costs no more than another', () => {
  const value = `a${' '.repeat(1_000_000)}b`;
  for (const name of ['mcp-protocol-version', 'mcp-method', 'mcp-name']) {
    expect(said(ask({ [name]: value }))).toBe('denied request_malformed');
  }
});

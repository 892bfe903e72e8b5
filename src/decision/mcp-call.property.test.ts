/** However a client writes the name of a guarded tool, or how often: no server reads it where a laxer rule has let it pass. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ask, encoded, said } from '../../test/support/mcp.ts';

const piece = fc.constantFrom(
  'delete_file',
  'admin_reset',
  'read_file',
  encoded('delete_file'),
  encoded('\ufeffdelete_file'),
  encoded('delete_file\0'),
  '=?BASE64?ZGVsZXRlX2ZpbGU=?=',
  '=?base64?ZGVsZXRlX2ZpbGU?=',
  '',
  ' ',
  'a',
  ',',
  '!',
  '\xa0',
);
const line = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
const sent = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), joins: fc.boolean() });

/** A server that takes nearly everything for encoded, and ends a text at a zero byte. */
function lenientReads(header: string): string {
  const text = header.trim();
  const base64 = /^=\?base64\?(.*?)(?:\?=)?$/is.exec(text)?.[1];
  if (base64 === undefined) return text;
  return (Buffer.from(base64, 'base64').toString('utf8').split('\0')[0] ?? '').replace(/^\ufeff/, '');
}

const isGuarded = (name: string): boolean => name === 'delete_file' || name.startsWith('admin_');

it('servers that take the first header, the last, or all of them', () => {
  let passed = 0;
  fc.assert(
    fc.property(sent, ({ lines, joins }) => {
      const trimmed = lines.map((one) => one.replaceAll(/^ +| +$/g, ''));
      // What is no UTF-8, Envoy shows as a mark of its own where it joins.
      const name = joins ? trimmed.join(',').replaceAll(/[\x80-\xff]/g, '!') : trimmed.join(', ');
      const doubled = !joins && lines.length > 1 ? new Set(['mcp-name']) : undefined;
      const decision = ask({ 'mcp-name': name }, { mayBeJoined: joins, doubled });
      if (decision.outcome === 'denied') return;
      expect(said(decision)).toBe('allowed authenticated by rest');
      passed += 1;
      const read = [trimmed[0] ?? '', trimmed.at(-1) ?? '', trimmed.join(', '), trimmed.join(',')];
      expect(read.map(lenientReads).filter(isGuarded)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
  // Some do pass, or nothing has been seen.
  expect(passed).toBeGreaterThan(20);
});

/** Whatever is sent, a name is one that servers read as the same, and there is one spelling of each that is encoded. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeMcpName } from './mcp-name.ts';

const sentinel = (base64: string): string => `=?base64?${base64}?=`;

/** Text that is nearly encoded: markers, and pieces of base64, in any order. */
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom('=?base64?', '?=', '=', '?', ' ', '\t', ',', '=?BASE64?', '77u/', 'ZB==', '\0', 'ä'),
      fc.base64String({ maxLength: 12 }),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const ofBytes = fc
  .uint8Array({ maxLength: 24 })
  .map((bytes) => sentinel(Buffer.from(bytes).toString('base64')));
const value = fc.oneof(nearly, nearly.map(sentinel), ofBytes, fc.string({ unit: 'binary' }));

/** How the reference server of MCP reads one (its 2.4.0); undefined = it refuses. */
function referenceReads(header: string): string | undefined {
  const text = header.replaceAll(/^[\t ]+|[\t ]+$/g, '');
  if (!(text.startsWith('=?base64?') && text.endsWith('?='))) return text;
  const base64 = text.slice('=?base64?'.length, text.length - 2);
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One that is as lenient as any: another decoder, any case of the markers, and the end of a text at a zero byte. */
function lenientReads(header: string): string {
  const text = header.trim();
  const base64 = /^=\?base64\?(.*?)(?:\?=)?$/is.exec(text)?.[1];
  if (base64 === undefined) return text;
  return (Buffer.from(base64, 'base64').toString('utf8').split('\0')[0] ?? '').replace(/^\ufeff/, '');
}

it('the reference server and a lenient one read each name that is taken as it is taken here', () => {
  fc.assert(
    fc.property(value, (header) => {
      const name = decodeMcpName(header);
      if (name.kind === 'malformed') return;
      expect(referenceReads(header)).toBe(name.text);
      expect(lenientReads(header)).toBe(name.text);
    }),
    { numRuns: 2000 },
  );
});

it('whatever a client has to encode is read as it was', () => {
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((one) => !one.startsWith('\ufeff') && !one.includes('\0'));
  fc.assert(
    fc.property(text, (one) => {
      const header = sentinel(Buffer.from(one, 'utf8').toString('base64'));
      expect(decodeMcpName(header)).toEqual({ kind: 'name', text: one, isEncoded: true });
    }),
  );
});

it('no two encoded headers have one name', () => {
  fc.assert(
    fc.property(
      ofBytes,
      fc.nat({ max: 40 }),
      fc.base64String({ minLength: 4, maxLength: 4 }),
      (header, at, other) => {
        const changed = header.slice(0, at) + other.charAt(0) + header.slice(at + 1);
        const [name, changedName] = [decodeMcpName(header), decodeMcpName(changed)];
        if (changed === header || name.kind === 'malformed' || changedName.kind === 'malformed') return;
        expect(changedName.text).not.toBe(name.text);
      },
    ),
  );
});

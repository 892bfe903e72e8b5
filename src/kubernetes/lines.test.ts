import { describe, expect, it } from 'vitest';
import { lines } from './lines.ts';

async function* chunks(...parts: readonly (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part);
}

async function linesOf(...parts: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const line of lines(chunks(...parts))) read.push(line);
  return read;
}

describe('lines', () => {
  it('puts together what came in pieces', async () => {
    expect(await linesOf('{"a"', ':1}\n{"b":', '2}', '\n\n{"c":3}\n')).toEqual([
      '{"a":1}',
      '{"b":2}',
      '{"c":3}',
    ]);
  });

  it('keeps a character that is spread over two chunks', async () => {
    const bytes = Buffer.from('é\n');
    expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é']);
  });

  it('gives no line that was cut off', async () => {
    expect(await linesOf('{"a":1}\n{"b"')).toEqual(['{"a":1}']);
    expect(await linesOf()).toEqual([]);
  });
});

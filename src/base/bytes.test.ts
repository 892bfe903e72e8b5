import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBytes } from './bytes.ts';

describe('bytes', () => {
  it('are read up to the bound, and not one more', async () => {
    const exact = await readBytes(Readable.from([Buffer.from('ab'), Buffer.from('cd')]), 4);
    expect(exact?.toString()).toBe('abcd');
    expect(await readBytes(Readable.from([Buffer.from('ab'), Buffer.from('cde')]), 4)).toBeUndefined();
    expect(await readBytes(Readable.from([]), 0)).toEqual(Buffer.alloc(0));
  });

  it('that are too many end the stream', async () => {
    const stream = Readable.from([Buffer.from('abc'), Buffer.from('d')]);
    await readBytes(stream, 2);
    expect(stream.destroyed).toBe(true);
  });

  it('are counted as they come, those too many with them', async () => {
    const counts: number[] = [];
    const stream = Readable.from([Buffer.from('ab'), Buffer.from('cde'), Buffer.from('f')]);
    await readBytes(stream, 4, (count) => counts.push(count));
    expect(counts).toEqual([2, 3]);
  });

  it('that are cut short reject', async () => {
    const broken = (async function* () {
      yield Buffer.from('ab');
      throw new Error('cut');
    })();
    await expect(readBytes(broken, 4)).rejects.toThrow('cut');
  });
});

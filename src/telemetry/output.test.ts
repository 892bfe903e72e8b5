import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MAX_BUFFERED, pipeOutput } from './output.ts';

/** A pipe whose reader takes nothing until the test says so. */
function stalled() {
  const taken: string[] = [];
  let reading = false;
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      taken.push(chunk.toString());
      if (reading) done();
      else waiting.push(done);
    },
  });
  const read = () => {
    reading = true;
    for (const done of waiting.splice(0)) done();
  };
  return { stream, taken, read };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('a reader that stalls costs so much memory and no more, and hears the rest when it goes on', async () => {
  const { stream, taken, read } = stalled();
  const output = pipeOutput(stream);
  const line = `${'a'.repeat(1023)}\n`;
  for (let i = 0; i < 10_000; i++) output.write(line);
  expect(stream.writableLength).toBe(MAX_BUFFERED);
  const flushed = output.flush?.();
  read();
  await flushed;
  expect(taken.join('')).toBe(line.repeat(MAX_BUFFERED / line.length));
  output.write(line);
  await turn();
  expect(taken.at(-1)).toBe(line);
});

it('a reader that stalls is not waited for at the end', async () => {
  const { stream } = stalled();
  const output = pipeOutput(stream);
  output.write('line\n');
  const flushed = output.flush?.();
  vi.advanceTimersByTime(500);
  await flushed;
});

it('a reader that went away is no matter', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const output = pipeOutput(stream);
  output.write('line\n');
  await turn();
  output.write('line\n');
  await output.flush?.();
  expect(vi.getTimerCount()).toBe(0);
});

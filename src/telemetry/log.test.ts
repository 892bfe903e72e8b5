import { expect, it } from 'vitest';
import { createLog } from './log.ts';

function recorder() {
  const lines: Record<string, unknown>[] = [];
  return { lines, stream: { write: (line: string) => void lines.push(JSON.parse(line)) } };
}

it('a line is one JSON object with time, level, message and fields', () => {
  const { lines, stream } = recorder();
  const log = createLog(stream);
  log.info('ready', { version: 'abc', bindings: 3 });
  log.warn('slow');
  log.error('broken', { file: 'a.yaml', field: undefined });
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msg: 'ready',
      version: 'abc',
      bindings: 3,
    },
    { level: 40, time: expect.any(String), msg: 'slow' },
    { level: 50, time: expect.any(String), msg: 'broken', file: 'a.yaml' },
  ]);
});

it('a message with line breaks stays one line', () => {
  const written: string[] = [];
  createLog({ write: (line) => void written.push(line) }).info('one\ntwo', {
    path: '/a\n{"level":"forged"}',
  });
  expect(written).toHaveLength(1);
  expect(written[0]?.trimEnd()).not.toContain('\n');
});

it('flushing is safe where nothing is buffered, and waits for what is', async () => {
  const { stream } = recorder();
  await createLog(stream).flush();
  let isOut = false;
  const output = {
    ...stream,
    flush: async () => {
      isOut = true;
    },
  };
  await createLog(output).flush();
  expect(isOut).toBe(true);
});

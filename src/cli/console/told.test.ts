import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { pageListener } from '../../process/pages.ts';
import { listening } from '../../validator/testing/probing.ts';
import { missingOf, toldEndpoint, toldOf } from './told.ts';

async function served() {
  let value: object = { a: 1 };
  const endpoint = toldEndpoint(
    { '24h': async () => toldOf(value), '1h': async () => toldOf({ short: 1 }) },
    'since',
  );
  const port = await listening(createServer(pageListener({}, { '/report': endpoint })));
  return {
    ask: (query = '', headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}/report${query}`, { headers }),
    change: (next: object) => {
      value = next;
    },
  };
}

it('is sent where the asker has it not, and else not again', async () => {
  const { ask, change } = await served();
  const first = await ask();
  const tag = first.headers.get('etag') ?? '';
  expect(await first.json()).toEqual({ a: 1 });
  const again = await ask('', { 'if-none-match': tag });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect((await ask('?since=1h', { 'if-none-match': tag })).status).toBe(200);
  change({ a: 2 });
  expect(await (await ask('', { 'if-none-match': tag })).json()).toEqual({ a: 2 });
});

it.each(['?since=2h', '?since=1h&since=1h', '?x=1', '?since=constructor', '?since='])(
  'refuses %s',
  async (query) => {
    const { ask } = await served();
    expect((await ask(query)).status).toBe(400);
  },
);

it('what others have written moves no terminal, and is one tag', () => {
  const hostile = { name: '\u001b[2J\u202e' };
  expect(toldOf(hostile).json).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  expect(toldOf(hostile).tag).toBe(toldOf({ ...hostile }).tag);
});

it('of what is missing tells each once, the first of them, and how many more there are', () => {
  expect(missingOf(['a', 'a', 'b\n\u001b[2J'])).toEqual(['a', 'b [2J']);
  const many = missingOf(Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(5000)}`));
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toBe('and 80 more of this kind');
  expect(Math.max(...many.map(({ length }) => length))).toBeLessThan(610);
});

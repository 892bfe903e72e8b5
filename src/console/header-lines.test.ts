import { expect, it } from 'vitest';
import { readHeaderLines } from './header-lines.ts';

it('reads a header a line, each value of doubled ones by itself', () => {
  expect(
    readHeaderLines('X-Tenant: a\n\n x-tenant:b \ncookie: a=1\nCookie: b=2\nx-empty:\nx-url: http://a'),
  ).toEqual({
    kind: 'headers',
    headers: { 'x-tenant': ['a', 'b'], cookie: 'a=1; b=2', 'x-empty': '', 'x-url': 'http://a' },
  });
});

it('takes __proto__ for a name like any other', () => {
  const read = readHeaderLines('__proto__: a');
  expect(read.kind === 'headers' && Object.entries(read.headers)).toEqual([['__proto__', 'a']]);
});

it.each(['no colon', ': no name'])('refuses %j, and says where', (line) => {
  expect(readHeaderLines(`a: b\n${line}`)).toEqual({
    kind: 'refused',
    problem: 'Line 2 of the headers is not "name: value".',
  });
});

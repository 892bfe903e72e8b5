import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseForeignObject } from './foreign-json.ts';

it.each([
  ['an escaped name', '{"\\u0061":1}', { a: 1 }],
  ['an escaped slash', '{"https:\\/\\/id.example\\/roles":["a"]}', { 'https://id.example/roles': ['a'] }],
  [
    'escapes in values alone',
    '{"a":"\\"}]{[:,\\\\","b":[{"c":"\\n"}]}',
    { a: '"}]{[:,\\', b: [{ c: '\n' }] },
  ],
  [
    'every kind of value',
    '{"\\/":[1,-2.5e3,true,false,null,"",{},[]]}',
    { '/': [1, -2500, true, false, null, '', {}, []] },
  ],
  ['the last of two', '{"a":1,"\\u0061":2}', { a: 2 }],
])('reads %s', (_, text, value) => {
  expect(parseForeignObject(text)?.value).toEqual(value);
});

it('makes __proto__ a member as any other', () => {
  const value = parseForeignObject('{"__proto__":{"a":1},"\\u0062":1}');
  expect(Object.keys(value?.value ?? {})).toEqual(['__proto__', 'b']);
});

it.each(['', '{', '[1]', '"a"', '{"\\":1}', '{"a":"\\x"}', "{'\\n':1}"])('refuses %s', (text) => {
  expect(parseForeignObject(text)).toBeUndefined();
});

it('reads all that JSON.stringify writes', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
      (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parseForeignObject(text)?.value)).toBe(text);
      },
    ),
  );
});

/** A process of its own, since it depends on all objects that were parsed before. */
it('reads a name as it is, whatever another text had in its place before', async () => {
  const program = join(import.meta.dirname, 'testing', 'misread.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  expect(JSON.parse(stdout)).toEqual(['a', 'https://id.example/roles']);
});

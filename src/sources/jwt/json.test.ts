import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictObject } from './json.ts';

/** JSON text with few names, so that they come twice; written with white space and escapes that change nothing. */
const { text: written } = fc.letrec<{ text: string; value: string; object: string; array: string }>((tie) => {
  const space = fc.constantFrom('', ' ', '\n\t');
  const name = fc.constantFrom('"a"', '"b"', '"\\u0061"', '":"', '"a\\""', '"\\\\"', '""');
  const member = fc
    .tuple(name, space, space, tie('value'))
    .map(([key, before, after, value]) => `${key}${before}:${after}${value}`);
  return {
    text: tie('object'),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('1', '"a"', '"b:"', '"\\":"', 'null', '{}', '[]'),
      tie('object'),
      tie('array'),
    ),
    object: fc
      .tuple(space, fc.array(member, { maxLength: 4 }))
      .map(([around, members]) => `{${around}${members.join(`${around},`)}}`),
    array: fc
      .tuple(space, fc.array(tie('value'), { maxLength: 3 }))
      .map(([around, values]) => `[${values.join(`,${around}`)}${around}]`),
  };
});

/** Whether some object names a member twice. Reads the text from its beginning. */
function namesTwice(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const name: string = JSON.parse(token.slice(0, -1));
      if (open.at(-1)?.has(name)) return true;
      open.at(-1)?.add(name);
    }
  }
  return false;
}

const parse = (text: string) => parseStrictObject(Buffer.from(text))?.value;
const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('parseStrictObject', () => {
  it.each([
    ['an empty object', '{}'],
    ['white space around', ' \n{"a" : 1}\t'],
    ['the same name in different objects', '{"a":{"a":1},"b":[{"a":1},{"a":2}]}'],
    ['the same text as name and value', '{"a":"a","b":["a","a"]}'],
    ['brackets, quotes and commas inside strings', '{"a":"}{][,\\":","b":"\\\\","c":"\\""}'],
    ['32 levels', nested(32)],
    ['the largest double', '{"a":1.7976931348623157e308}'],
    ['__proto__ as a member of its own', '{"__proto__":{"a":1}}'],
    ['a surrogate pair of escapes, in a name and in a value', '{"\\ud83d\\ude00":["\\uD83D\\uDE00"]}'],
    ['a backslash before what only looks like a surrogate', '{"a":"\\\\ud800"}'],
    ['NUL as an escape', '{"a":"\\u0000"}'],
  ])('takes %s', (_, text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['nothing', ''],
    ['an array', '[1]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['two values', '{}{}'],
    ['a byte order mark', '\ufeff{}'],
    ['a comment', '{/**/}'],
    ['a trailing comma', '{"a":1,}'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['a number beyond every double', '{"a":[{"b":1e400}]}'],
    ['one spelled out', `{"a":-${'9'.repeat(400)}}`],
    ['a doubled member', '{"a":1,"a":1}'],
    ['a doubled member, one of them escaped', '{"alg":1,"\\u0061lg":2}'],
    ['a doubled member deep inside', '{"a":[{"b":{"c":1,"d":[],"c":2}}]}'],
    ['a doubled member around an object', '{"a":{},"b":1,"a":[]}'],
    ['a doubled empty name', '{"":1,"":2}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['the other half, deep inside', '{"a":[{"b":["x\\uDFFFy"]}]}'],
    ['the halves in the wrong order', '{"a":"\\ude00\\ud83d"}'],
    ['half a surrogate pair in a name', '{"a":{"\\uDABC":1}}'],
    ['33 levels', nested(33)],
    ['33 levels of arrays', `{"a":${'['.repeat(32)}${']'.repeat(32)}}`],
  ])('refuses %s', (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a truncated sequence', [0xe2, 0x82]],
  ])('refuses %s', (_, bytes) => {
    expect(
      parseStrictObject(Buffer.from([...Buffer.from('{"a":"'), ...bytes, ...Buffer.from('"}')])),
    ).toBeUndefined();
  });

  it('reads what JSON.stringify has written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parse(text))).toBe(text);
      }),
    );
  });

  it('refuses every object with a member added twice', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.jsonValue(),
        (value, again) => {
          const [name = ''] = Object.keys(value);
          const text = `${JSON.stringify(value).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(again)}}`;
          expect(parse(text)).toBeUndefined();
        },
      ),
    );
  });

  it('refuses exactly the texts in which an object names a member twice', () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(written, (text) => {
        const isTwice = namesTwice(text);
        seen.add(isTwice);
        expect(parse(text) === undefined).toBe(isTwice);
      }),
      { numRuns: 2000 },
    );
    expect(seen.size).toBe(2);
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocument } from './document.ts';

const parse = (body: string | Uint8Array, type?: string) =>
  parseDocument(
    { kind: 'ok', body: Buffer.from(body), headers: type === undefined ? {} : { 'content-type': type } },
    'https://id.example/keys',
  );

it.each([
  ['{"keys":[]}', 'application/json'],
  ['{"keys":[]}', 'application/jwk-set+json; charset=utf-8'],
  ['{"keys":[]}', 'text/plain'],
  ['{"keys":[]}', undefined],
  ['\u{feff} {"keys":[]}\n', 'application/json'],
])('%j as %s is a document', (body, type) => {
  expect(parse(body, type)).toEqual({ kind: 'document', document: { keys: [] } });
});

it.each([
  ['', 'application/json'],
  ['{"keys":[', 'application/json'],
  ['[]', 'application/json'],
  ['null', 'application/json'],
  ['"secret"', 'application/json'],
  ['<html>secret</html>', 'text/html'],
  [Buffer.from('7b2261223a22ff227d', 'hex'), 'application/json'],
  ['['.repeat(32), 'application/json'],
])('%.20s as %s is none, and its words stay unsaid', (body, type) => {
  const result = parse(body, type);
  expect(result).toMatchObject({
    error: { code: 'COULD_NOT_PARSE_CONFIG', message: expect.stringContaining(type) },
  });
  expect(JSON.stringify(result)).not.toContain('secret');
});

it.each([
  ['so many values', `{"keys":[${'0,'.repeat(9990)}0]}`, true],
  ['more values', `{"keys":[${'0,'.repeat(10_000)}0]}`, false],
  ['more lists', `{"keys":[${'[],'.repeat(5000)}0]}`, false],
  ['more members', `{${Array.from({ length: 10_001 }, (_, i) => `"${i}":0`).join(',')}}`, false],
  ['nesting so deep', `{"keys":${'['.repeat(31)}${']'.repeat(31)}}`, true],
  ['deeper nesting', `{"keys":${'['.repeat(32)}${']'.repeat(32)}}`, false],
  ['commas and brackets in a string', `{"keys":["${'[,'.repeat(20_000)}\\"[["]}`, true],
])('with %s', (_, body, isDocument) => {
  const result = parse(body, 'application/json');
  expect(result).toMatchObject(
    isDocument ? { kind: 'document' } : { error: { code: 'COULD_NOT_PARSE_CONFIG' } },
  );
});

it('a content type is only repeated where it is one', () => {
  expect(JSON.stringify(parse('', 'a secret of the server'))).not.toContain('secret');
});

it('nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (body) => {
      expect(['document', 'failed']).toContain(parse(body).kind);
    }),
  );
});

/** What expressions mean: each true, false or in error on one request. */

import { describe, expect, it } from 'vitest';
import { compileExpression } from './expression.ts';
import { run, SOURCE_INPUT } from './testing/world.ts';

describe('true', () => {
  it.each([
    "request.path == '/users/' + user || request.path.startsWith('/users/' + user + '/')",
    'claims.email_verified == true',
    'claims.email_verified',
    'claims.level >= 2',
    'claims.level == 3.0',
    'claims.ratio != 1',
    'claims.ratio > 1',
    'claims.ratio < 2',
    'claims.whole == 2',
    'type(claims.whole) == int',
    'type(claims.ratio) == double',
    'claims.level + 1 == 4',
    'claims.negative < 0',
    '-claims.negative == 4',
    'claims.none == null',
    'has(claims.none)',
    'has(claims.address.city)',
    '!has(claims.nothing)',
    "claims['https://x.com/roles'] == ['ops']",
    "claims['level'] == 3",
    'claims.numbers[1] == 2',
    'claims.numbers == [1, 2.0, 3]',
    'claims.numbers.exists_one(n, n > 2)',
    "claims.address == {'city': 'Bern'}",
    "'city' in claims.address",
    "'level' in claims && !('nothing' in claims)",
    "'admin' in roles",
    "roles.exists(r, r == 'admin')",
    "roles.exists(r, r.startsWith('team-'))",
    'roles.all(r, r.size() > 4)',
    "roles.filter(r, r.startsWith('team-')).size() == 1",
    "roles.map(r, r + '!').exists(r, r == 'admin!')",
    "roles.map(r, r != 'admin', r.upperAscii()) == ['TEAM-A']",
    "claims.exists(c, c == 'level')",
    "'orders:write' in scopes && client == 'web' && source == 'shop/okta' && name == 'Ann Smith'",
    "request.method in ['GET', 'HEAD'] && request.host == 'shop.example' && request.query == 'page=2'",
    "request.headers['x-a'] == '1' && request.headers.accept.contains('html')",
    "!('x-b' in request.headers)",
    'params.id == user',
    "request['path'].endsWith('/orders')",
    "user.matches('^[a-z]+$')",
    "user.matches('n')",
    "matches(user, '^a')",
    "header.alg == 'RS256'",
    'size(claims.emoji) == 3 && claims.emoji.charAt(2) == "b" && claims.emoji.indexOf("b") == 2',
    'claims.emoji.substring(2) == "b" && claims.emoji.lastIndexOf("b") == 2',
    "'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c']",
    "['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab'",
    "'Ann'.lowerAscii() == user",
    "'  ann\\t'.trim() == user",
    "'hello'.replace('l', 'L') == 'heLLo' && 'hello'.replace('l', 'L', 1) == 'heLlo'",
    "int('12') == 12 && double('1.5') == 1.5 && string(12) == '12' && bool('true')",
    'claims.level == 3 ? true : claims.nothing',
    'claims.nothing || claims.email_verified',
    '!(claims.nothing && false)',
    "'%s is %d, %.2f, %x, %b'.format([user, 3, 1.005, 255, true]) == 'ann is 3, 1.00, ff, 1'",
    "'%s %s%%'.format([[1, 'a', null], {'b': 1.5, 'a': 2}]) == '[1, a, null] {a: 2, b: 1.5}%'",
    'strings.quote(\'a\\n"b"\') == \'"a\\\\n\\\\"b\\\\""\'',
    'true',
    'dyn(1) == 1.0',
    '7 / 2 == 3 && -7 % 2 == -1',
    '// a comment (((((\n user == "ann"',
    '// one\n\n  // another\n\n  // and another\r\n true',
    'user == "ann" // at the end, with a quote: \'',
    "user != '// no comment' && '//' == r'//'",
    "user == r'ann' && user == '''ann''' && user == \"ann\"",
  ])('%s', (text) => {
    expect(run(text)).toBe(true);
  });
});

describe('false', () => {
  it.each([
    'claims.level > 3',
    'claims.ratio == 1',
    "claims.level == '3'",
    'claims.sub == 1',
    "'nobody' in roles",
    'has(claims.constructor)',
    'has(claims.__proto__)',
    "'toString' in claims",
    "'constructor' in request.headers",
    '[].exists(x, true)',
    'false',
    "'n' in user.split('')  && user < 'amm'",
  ])('%s', (text) => {
    expect(run(text)).toBe(false);
  });
});

describe('an error, which its caller takes for a refusal', () => {
  it.each([
    ['claims.nothing == true', 'claims.nothing is absent'],
    ['claims.nothing != true', 'claims.nothing is absent'],
    ['!claims.nothing', 'claims.nothing is absent'],
    ['has(claims.nothing.more)', 'claims.nothing is absent'],
    ['claims.__proto__ == claims', 'claims.__proto__ is absent'],
    ['claims.constructor == 1', 'claims.constructor is absent'],
    ["claims['__proto__'] == 1", 'a key that is not there was read'],
    ["request.headers['x-b'] == '1'", 'a key that is not there was read'],
    ['params.other == user', 'params.other is absent'],
    ['claims.numbers[3] == 1', 'an index outside its list was read'],
    ['claims.numbers[-1] == 1', 'an index outside its list was read'],
    ["claims.numbers['length'] == 3", 'a list was read by a value that is not an index'],
    ['claims.sub.length == 3', 'a member of a value that is no map was read'],
    ['claims.sub', 'the result is a string, neither true nor false'],
    ['claims.level && true', 'a value that is neither true nor false stands where one of them must'],
    ['claims.sub + 1 == 5', '+ was given values that it does not take'],
    ['claims.level + 0.5 == 3.5', '+ was given values that it does not take'],
    ["claims.level < 'a'", '< was given values that it does not take'],
    ['claims.sub in claims.level', "'in' was applied to a value that is neither list nor map"],
    ['claims.unsafe == 9007199254740992', 'a number is too large to be exact'],
    ['claims.huge > 1', 'a number is too large to be exact'],
    ['claims.level / 0 == 1', 'a number was divided by zero'],
    ['claims.level * 9223372036854775807 > 0', 'a number does not fit into 64 bits'],
    ['int(claims.sub) == 1', 'a string that is not an int was turned into one'],
    ['claims.level.exists(x, true)', 'a macro was applied to a value that is neither list nor map'],
    ['claims.groups.all(g, g)', 'a value that is neither true nor false stands where one of them must'],
    ["'%d'.format([user]) == ''", 'format was given a value that does not fit its place'],
    ["'%s %s'.format([user]) == ''", 'format was given fewer values than its text has places'],
    ["'%s'.format([user, user]) == ''", 'format was given more values than its text has places'],
    ["'%.999f'.format([1.5]) == ''", /^format knows/],
    ["'%y'.format([user]) == ''", /^format knows/],
    ["user.charAt(9) == ''", 'a position outside its string was read'],
    ['claims.numbers.join() == user', 'a list that holds more than strings was joined'],
    ["{'a': 1, user.replace('ann', 'a'): 2}.size() == 2", 'a map was written with one key twice'],
  ])('%s', (text, problem) => {
    expect(run(text)).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
  });
});

describe("a source's expressions see the token alone", () => {
  it.each([
    'claims.email_verified == true',
    "header.alg == 'RS256'",
    "has(claims.sub) && claims.sub == 'ann'",
  ])('%s', (text) => {
    expect(run(text, 'source', SOURCE_INPUT)).toBe(true);
  });

  it.each(['user', 'name', 'roles', 'scopes', 'client', 'source', 'params', 'request', 'request.path'])(
    'not %s',
    (name) => {
      expect(run(`${name} == claims.x`, 'source')).toMatch(/unknown name .* known here: claims, header$/);
    },
  );

  it('a request expression without a request is an error', () => {
    expect(run("user == 'ann'", 'request', SOURCE_INPUT)).toBe('user is not known here');
  });
});

describe('whether the path is read', () => {
  const readsPath = (text: string) => {
    const compiled = compileExpression(text, 'request');
    return compiled.kind === 'compiled' && compiled.expression.readsPath;
  };

  it.each([
    "request.path == '/a'",
    "user == 'a' || has(request.path)",
    'params.id == user',
    "'id' in params",
    "request['path'] == '/a'",
    "request['method'] == 'GET'",
    "'path' in request",
    'request == claims.x',
    'size(request) == 5',
    "roles.exists(r, request.path.startsWith('/' + r))",
    'request.exists(key, key == claims.x)',
    "dyn(request).path == '/a'",
    '[request][0].path == user',
    "(true ? request : claims.x).path == '/a'",
  ])('%s: yes', (text) => {
    expect(readsPath(text)).toBe(true);
  });

  it.each([
    "request.method == 'GET'",
    "request.headers['path'] == '/a'",
    "request.host == 'a' && request.query == ''",
    "claims.path == '/a'",
    'claims.params == claims.request',
    "user == 'request.path'",
  ])('%s: no', (text) => {
    expect(compileExpression(text, 'request').kind).toBe('compiled');
    expect(readsPath(text)).toBe(false);
  });
});

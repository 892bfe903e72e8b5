import { describe, expect, it } from 'vitest';
import { answersSize } from '../policy/answers.ts';
import { compileBinding, rulesOf } from './binding.fixture.ts';
import { summaries } from './compile.fixture.ts';

const answersOf = (spec: string) => rulesOf(compileBinding(spec)[0]).answers;
const foundIn = (spec: string) => summaries(compileBinding(spec)[1]);

const COOKIE = '{in: Cookie, name: session, origins: ["https://shop.example"]}';
const login = (hosts: string, url?: string) => `credentials: [${COOKIE}], ${loginAlone(hosts, url)}`;
const loginAlone = (hosts: string, url = 'https://login.example/start?rd={url}') =>
  `answers: {login: {url: "${url}", hosts: [${hosts}]}}`;

describe('the policy', () => {
  it('has none where a binding has none', () => {
    expect(rulesOf(compileBinding('rules: []')[0])).not.toHaveProperty('answers');
  });

  it('has bodies as they are written, and no login page where there is none', () => {
    const body = '{contentType: text/plain, statuses: [403], body: "no {reason}"}';
    expect(answersOf(`answers: {denied: [${body}]}`)).toEqual({
      bodies: [{ contentType: 'text/plain', statuses: [403], body: 'no {reason}' }],
    });
  });

  it.each([
    ['shop.example', 'https://shop.example'],
    ['Shop.Example', 'https://shop.example'],
    ['"shop.example:443"', 'https://shop.example'],
    ['"shop.example:80"', 'https://shop.example:80'],
    ['"shop.example:8443"', 'https://shop.example:8443'],
    ['"[2001:DB8:0::1]:8443"', 'https://[2001:db8::1]:8443'],
    ['localhost', 'http://localhost'],
    ['"localhost:80"', 'http://localhost'],
    ['"app.localhost:8080"', 'http://app.localhost:8080'],
    ['127.0.0.1', 'http://127.0.0.1'],
    ['"[::1]:3000"', 'http://[::1]:3000'],
    ['localhost.example', 'https://localhost.example'],
    ['"127.0.0.1.example"', 'https://127.0.0.1.example'],
  ])('a browser is sent back to %s at %s', (host, origin) => {
    expect(answersOf(login(host))?.login).toEqual({
      url: 'https://login.example/start?rd={url}',
      origins: [origin],
    });
  });
});

describe('what is found', () => {
  it('nothing of a login page for hosts that are guarded', () => {
    expect(
      foundIn(`hosts: ["*.shop.example", shop.example], ${login('shop.example, a.shop.example')}`),
    ).toEqual([]);
    expect(foundIn(login('anything.example'))).toEqual([]);
  });

  it('a host that is not guarded', () => {
    expect(foundIn(`hosts: [shop.example], ${login('shop.example, "other.example:8443"')}`)).toEqual([
      'warning LoginHostUnguarded spec.answers.login.hosts[1]',
    ]);
  });

  it.each([
    ['guarded', '', true],
    ['for anybody', '{authentication: None}', false],
    [
      'for anybody at its path',
      '{match: {paths: [{type: PathPrefix, value: /start}]}, authentication: None}',
      false,
    ],
    [
      'for anybody at another path',
      '{match: {paths: [{type: Exact, value: /other}]}, authentication: None}',
      true,
    ],
    [
      'for anybody by a pattern',
      '{match: {paths: [{type: RegularExpression, value: "/.*"}]}, authentication: None}',
      false,
    ],
    ['for anybody who posts', '{match: {methods: [POST]}, authentication: None}', true],
    ['for anybody at another host', '{match: {hosts: [other.example]}, authentication: None}', true],
    ['for anybody at its host', '{match: {hosts: [Login.Example]}, authentication: None}', false],
    ['for whoever has a token', '{match: {paths: [{type: PathPrefix, value: /start}]}}', true],
    ['with and without a token', '{authentication: Optional}', false],
  ])('a login page of the same binding, %s', (_, rule, isFound) => {
    const rules = rule === '' ? '' : `, rules: [${rule}]`;
    const found = foundIn(`hosts: [shop.example, login.example], ${login('shop.example')}${rules}`);
    expect(found.includes('warning LoginGuarded spec.answers.login.url')).toBe(isFound);
  });

  it('a host that is none, though it looks like one', () => {
    expect(foundIn(login('"[1:2]"'))).toEqual(['error AnswerInvalid spec.answers.login.hosts[0]']);
  });

  it('a body that cannot be filled in, by an error that refuses the binding', () => {
    const [policy, result] = compileBinding(
      'answers: {denied: [{statuses: [401], contentType: application/json, body: "{\\"a\\":{reason}}"}]}',
    );
    expect(summaries(result)).toContain('error AnswerInvalid spec.answers.denied[0].body');
    expect(policy.judgement.kind).toBe('invalid');
  });

  it('a status that an earlier body has', () => {
    const body = (statuses: string) => `{statuses: [${statuses}], contentType: text/plain, body: x}`;
    expect(foundIn(`answers: {denied: [${body('401, 403')}, ${body('400, 403')}]}`)).toEqual([
      'warning AnswerUnreachable spec.answers.denied[1].statuses',
    ]);
  });
});

it('bodies count towards the size of the policy', () => {
  expect(answersSize(undefined)).toBe(0);
  const body = (length: number) => ({ statuses: [401], contentType: 'text/plain', body: 'x'.repeat(length) });
  expect(answersSize({ bodies: [body(4096), body(1)] })).toBe(129);
});

describe('what a browser brings back from the login page', () => {
  const withCredentials = (...credentials: readonly string[]) =>
    foundIn(
      ['hosts: [shop.example]', loginAlone('shop.example')]
        .concat(credentials.length === 0 ? [] : [`credentials: [${credentials.join(', ')}]`])
        .join(', '),
    );
  const BEARER = '{in: Header, name: Authorization, scheme: Bearer}';
  const warned = ['warning LoginWithoutCookie spec.answers.login'];

  it.each([
    ['nothing, where a token is looked for in its usual place alone', [], warned],
    ['nothing, where that is said', [BEARER], warned],
    ['nothing in the query', ['{in: Query, name: access_token}'], warned],
    ['a cookie', [BEARER, COOKIE], []],
    ['what a proxy puts into a header of its own', ['{in: Header, name: x-id-token}'], []],
  ])('%s', (_, credentials, found) => {
    expect(withCredentials(...credentials)).toEqual(found);
  });
});

it('a login page is of no use where every GET is 405', () => {
  const mcp = (other: string) =>
    foundIn(
      `hosts: [shop.example], resourceMetadata: "https://shop.example/m", mcp: {versions: ["2026-07-28"], other: ${other}}, ${login('shop.example')}`,
    );
  expect(mcp('Deny')).toEqual(['warning LoginUnused spec.answers.login']);
  expect(mcp('Pass')).toEqual([]);
});

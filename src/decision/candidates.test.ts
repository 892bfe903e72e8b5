import { describe, expect, it } from 'vitest';
import { joe, judge, verdict } from '../../test/support/decide.ts';
import { type RuleChanges, rulePolicy } from '../../test/support/policy.ts';

const rule = (name: string, methods: readonly string[], path?: string, more: RuleChanges = {}) =>
  rulePolicy({
    name,
    authentication: 'None',
    ...more,
    match: {
      methods,
      paths: path === undefined ? [] : [{ type: 'PathPrefix', value: path }],
      ...more.match,
    },
  });

describe('a HEAD request', () => {
  const judgedBy = (rules: readonly ReturnType<typeof rule>[], target: string, method = 'HEAD') =>
    judge(rules, { method, pathAndQuery: target }).rule ?? 'no rule';

  const get = rule('get', ['GET'], '/a');
  const rest = rule('rest', []);

  it('is judged as GET', () => {
    expect(judgedBy([get], '/a')).toBe('get');
    expect(judgedBy([get, rest], '/a/x')).toBe('get');
    expect(judgedBy([get, rest], '/b')).toBe('rest');
    expect(judgedBy([rule('post', ['POST', 'GET'], '/a'), rest], '/a')).toBe('post');
    expect(judgedBy([rule('any', ['GET'])], '/a')).toBe('any');
  });

  it('is not let in where GET is refused', () => {
    const denied = rule('get', ['GET'], '/a', { authentication: 'Deny' });
    expect(verdict(judge([denied, rest], { method: 'HEAD', pathAndQuery: '/a' }))).toBe(
      'denied access_denied',
    );
  });

  it('is judged by the rule that lists it, wherever that stands', () => {
    const head = rule('head', ['HEAD'], '/a');
    expect(judgedBy([get, head], '/a')).toBe('head');
    expect(judgedBy([head, get], '/a')).toBe('head');
    expect(judgedBy([get, rule('both', ['HEAD', 'GET'], '/a/x')], '/a/x/y')).toBe('both');
    expect(judgedBy([get, rule('all', ['HEAD'])], '/a')).toBe('all');
    expect(judgedBy([get, rest, head], '/a')).toBe('rest');
  });

  it('is judged as GET where the rule that lists it speaks of another path or host', () => {
    expect(judgedBy([get, rule('head', ['HEAD'], '/b')], '/a')).toBe('get');
    expect(judgedBy([get, rule('head', ['HEAD'], '/a/x')], '/a')).toBe('get');
    const elsewhere = rule('head', ['HEAD'], '/a', { match: { hosts: ['other.example'] } });
    expect(judgedBy([get, elsewhere], '/a')).toBe('get');
  });

  it('is ambiguous where the path is read as one of either', () => {
    const rules = [get, rule('head', ['HEAD'], '/a/x')];
    const asked = (method: string, target: string) => verdict(judge(rules, { method, pathAndQuery: target }));
    expect(asked('HEAD', '/a/%2e/x')).toBe('denied path_ambiguous');
    expect(asked('HEAD', '/a/%2e/y')).toBe('allowed anonymous');
    expect(asked('GET', '/a/%2e/x')).toBe('allowed anonymous');
  });

  it('leaves other methods as they are', () => {
    expect(judgedBy([get, rest], '/a', 'OPTIONS')).toBe('rest');
    expect(judgedBy([rule('head', ['HEAD'], '/a'), rest], '/a', 'GET')).toBe('rest');
    expect(judgedBy([rule('post', ['POST'], '/a'), rest], '/a')).toBe('rest');
  });

  it('stays HEAD to expressions', () => {
    const asked = (expression: string) => {
      const require = { expressions: [{ expression, message: 'm' }] };
      const rules = [rule('get', ['GET'], '/a', { authentication: 'Required', require })];
      return verdict(judge(rules, { method: 'HEAD', pathAndQuery: '/a', token: joe() }));
    };
    expect(asked("request.method == 'HEAD'")).toBe('allowed authenticated');
    expect(asked("request.method == 'GET'")).toBe('denied expression_denied');
  });
});

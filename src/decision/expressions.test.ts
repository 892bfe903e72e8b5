import { describe, expect, it } from 'vitest';
import { decide, joe, judge, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, cel, policyUpdate, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from './enforcer.ts';

describe('expressions and the readings of the path', () => {
  const own = "request.path == '/admin/' + user || request.path.startsWith('/admin/' + user + '/')";
  const asking = (expression: string, target: string, pathMatching = {}) =>
    verdict(
      decide(
        finishSteps(
          prepareEnforcer(
            policyUpdate([
              bindingPolicy({
                rules: [
                  rulePolicy({
                    match: { paths: [{ type: 'Template', value: '/admin/{user}' }] },
                    require: cel(expression),
                  }),
                  rulePolicy({ require: cel(expression) }),
                ],
                pathMatching: { case: 'Sensitive', trailingSlash: 'Distinct', ...pathMatching },
              }),
            ]),
          ),
        ),
        request({ pathAndQuery: target, token: joe() }),
      ),
    );

  it.each([
    ['/admin/joe', 'allowed authenticated'],
    ['/admin/joe/x', 'allowed authenticated'],
    ['/admin/ann', 'denied expression_denied'],
    ['/admin/joe/..;/ann', 'denied path_ambiguous'],
    ['/admin/joe/../ann', 'denied path_ambiguous'],
    ['/admin/joe/%2e%2e/ann', 'denied path_ambiguous'],
    ['/admin/joe/%252e%252e/ann', 'denied path_ambiguous'],
    ['/admin/joe\\..\\ann', 'denied path_ambiguous'],
    ['/admin/ann/..%2fjoe', 'denied path_ambiguous'],
  ])('%s', (target, expected) => {
    expect(asking(own, target)).toBe(expected);
  });

  it('params are read under every reading too', () => {
    expect(asking('params.user == user', '/admin/joe')).toBe('allowed authenticated');
    expect(asking('params.user == user', '/admin/ann')).toBe('denied expression_denied');
    expect(asking('params.user == user', '/admin/%6aoe')).toBe('denied path_ambiguous');
    expect(asking('params.user == user', '/admin/JOE', { case: 'Unknown' })).toBe('denied path_ambiguous');
  });

  it.each([
    ['params.user == user', '/admin/JOE'],
    ["!request.path.startsWith('/Admin')", '/Admin/x'],
    ["request.path != '/admin/x/'", '/admin/x/'],
  ])('an app that folds paths may hand them on as they came: %s at %s', (expression, target) => {
    expect(asking(expression, target, { case: 'Insensitive', trailingSlash: 'Ignore' })).toBe(
      'denied path_ambiguous',
    );
  });

  it('all readings and expressions of a request share one budget', () => {
    const long = `/admin/${'a%41'.repeat(300)}`;
    const dear = "request.path.split('').all(c, c != '!')";
    expect(asking(dear, '/admin/joe')).toBe('allowed authenticated');
    expect(asking(Array.from({ length: 8 }, () => dear).join(' && '), long)).toMatch(/^denied/);
  });

  it('a path that is too long is not judged', () => {
    expect(asking("user == 'joe'", `/admin/${'a'.repeat(8185)}`)).toBe('allowed authenticated');
    expect(asking("request.path != ''", `/admin/${'a'.repeat(8186)}`)).toBe('denied path_ambiguous');
  });

  it('an expression that does not look at the path does not make it ambiguous', () => {
    expect(asking("user == 'joe'", '/admin/%6aoe')).toBe('allowed authenticated');
  });
});

describe('what expressions see', () => {
  const sees = (expression: string, more = {}) =>
    verdict(
      judge([rulePolicy({ require: cel(expression) })], {
        token: joe({ groups: ['r'], scope: 's', azp: 'c', n: 2, f: 1.5 }),
        ...more,
      }),
    );

  it.each([
    "claims.sub == 'joe' && header.alg == 'RS256'",
    "user == 'joe' && name == 'joe' && client == 'c' && source == 'shop/okta'",
    "'r' in roles && scopes == ['s']",
    'claims.n == 2 && claims.f == 1.5 && claims.n < claims.f * 2.0',
    "request.method == 'GET' && request.host == 'api.example' && request.path == '/orders'",
  ])('%s', (expression) => {
    expect(sees(expression)).toBe('allowed authenticated');
  });

  it('the query as it was sent', () => {
    expect(
      sees("request.query == 'a=%20&b' && request.path == '/orders'", { pathAndQuery: '/orders?a=%20&b' }),
    ).toBe('allowed authenticated');
  });

  it('the headers of the caller, and not those that Envoy adds', () => {
    const headers = {
      'x-tenant': 't',
      'x-envoy-internal': 'true',
      'x-portcullis-port': '1',
      'x-request-id': 'r',
      'x-forwarded-proto': 'http',
    };
    const token = joe();
    const seen = (expression: string) =>
      verdict(
        judge([rulePolicy({ require: cel(expression) })], {
          headers: { ...headers, authorization: `Bearer ${token}` },
        }),
      );
    expect(seen("request.headers['x-tenant'] == 't'")).toBe('allowed authenticated');
    for (const name of Object.keys(headers).slice(1)) {
      expect(seen(`'${name}' in request.headers`)).toBe('denied expression_denied');
    }
  });
});

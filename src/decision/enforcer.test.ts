import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { prepareEnforcer } from './enforcer.ts';

const at = (id: string, hosts: readonly string[], ports: readonly number[] = []): BindingPolicy =>
  bindingPolicy({}, { id, hosts, ports });

describe('the binding', () => {
  it('is missing before the first policy', () => {
    expect(verdict(decide(undefined, request()))).toBe('denied policy_missing');
  });

  const enforcer = enforce(
    at('any', []),
    at('suffix', ['*.example']),
    at('longer', ['*.api.example']),
    at('exact', ['api.example']),
    at('younger', ['api.example']),
  );

  it.each([
    ['api.example', 'exact'],
    ['API.Example', 'exact'],
    ['api.example.', 'exact'],
    ['api.example:8443', 'exact'],
    ['a.api.example', 'longer'],
    ['a.b.api.example', 'longer'],
    ['shop.example', 'suffix'],
    ['example', 'any'],
    ['notexample', 'any'],
    ['[::1]:80', 'any'],
  ])('for %s is %s', (host, binding) => {
    expect(decide(enforcer, request({ host })).binding).toBe(binding);
  });

  it.each([
    '',
    ' ',
    'a,b',
    'api.example,api.example',
    'a b',
    'user@api.example',
    'a/b',
    'a\\b',
    'api.example:x',
  ])('is not looked for with the host %j', (host) => {
    expect(verdict(decide(enforcer, request({ host })))).toBe('denied request_malformed');
  });

  it('is none for another host', () => {
    expect(verdict(decide(enforce(at('exact', ['api.example'])), request({ host: 'x.example' })))).toBe(
      'denied host_unbound',
    );
    expect(verdict(decide(enforce(), request()))).toBe('denied host_unbound');
  });

  it('guards its ports alone', () => {
    const ported = enforce(at('web', ['api.example'], [8080]), at('rest', []));
    expect(decide(ported, request({ port: 8080 })).binding).toBe('web');
    expect(decide(ported, request({ port: 9090 })).binding).toBe('rest');
    expect(decide(ported, request({ port: undefined })).binding).toBe('web');
    expect(verdict(decide(enforce(at('web', [], [8080])), request({ port: 9090 })))).toBe(
      'denied host_unbound',
    );
  });

  it('that is invalid answers 503 for its hosts, and lets nobody pass', () => {
    const invalid = bindingPolicy({}, { judgement: { kind: 'invalid', problem: 'p' } });
    expect(verdict(decide(enforce(invalid), request({ token: joe() })))).toBe('denied binding_invalid');
    const uncompiled = bindingPolicy({
      rules: [rulePolicy({ match: { paths: [{ type: 'RegularExpression', value: '(' }] } })],
    });
    expect(verdict(decide(enforce(uncompiled), request({ token: joe() })))).toBe('denied binding_invalid');
    const unread = bindingPolicy({
      rules: [rulePolicy({ require: { expressions: [{ expression: 'nosuchvar == 1', message: 'm' }] } })],
    });
    expect(verdict(decide(enforce(unread), request({ token: joe() })))).toBe('denied binding_invalid');
  });
});

describe('a binding whose hosts are all malformed', () => {
  it.each(['Enforce', 'Audit', 'Disabled'] as const)('guards no host in mode %s, and not any', (mode) => {
    const enforcer = enforce(bindingPolicy({}, { hosts: ['[1:2]'], mode }));
    expect(verdict(decide(enforcer, request()))).toBe('denied host_unbound');
  });
});

describe('regular expressions that are too large', () => {
  const matching = (...patterns: readonly string[]) =>
    bindingPolicy(
      {
        rules: patterns.map((value) =>
          rulePolicy({ match: { paths: [{ type: 'RegularExpression', value }], methods: [], hosts: [] } }),
        ),
      },
      { id: 'large', hosts: ['large.example'] },
    );
  const of = (host: string, ...patterns: readonly string[]) =>
    verdict(decide(enforce(at('small', ['small.example']), matching(...patterns)), request({ host })));

  it.each([
    ['one', ['/x{0,1000}']],
    ['many', Array.from({ length: 40 }, (_, i) => `/x{0,${400 + i}}`)],
    ['the most there are of them', Array.from({ length: 1024 }, () => `/0${'x{0,1000}'.repeat(110)}`)],
  ])('are refused as the control plane refuses them, for their binding alone: %s', (_, patterns) => {
    expect(of('large.example', ...patterns)).toBe('denied binding_invalid');
    expect(of('small.example', ...patterns)).toBe('denied token_missing');
  });

  it('are refused with the whole policy where it takes up more than it may, whoever has sent it', () => {
    const expressions = Array.from({ length: 9 }, () => ({
      expression: `true // ${'x'.repeat(2000)}`,
      message: 'm',
    }));
    const many = (count: number) =>
      policyUpdate(
        Array.from({ length: count }, (_, i) =>
          bindingPolicy({ rules: [rulePolicy({ require: { expressions } })] }, { id: `shop/b${i}` }),
        ),
      );
    expect(() => finishSteps(prepareEnforcer(many(120)))).toThrow(/take up more than 3000000 instructions/);
    expect(finishSteps(prepareEnforcer(many(100))).bindingFor('api.example', undefined)).toBeDefined();
  });

  it('are compiled one in each step, and once', () => {
    const update = policyUpdate([matching('/x{0,490}', '/x{0,480}'), at('small', ['small.example'])]);
    const works = [...prepareEnforcer(update)];
    expect(works.filter((work) => work > 900)).toHaveLength(2);
    expect(Math.max(...works)).toBeLessThan(1100);
    expect([...prepareEnforcer(update)]).toEqual([]);
  });
});

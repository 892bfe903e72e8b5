/** Validators of older versions refuse what comes by a binding with a member that they do not know, and nothing else. */

import { describe, expect, it } from 'vitest';
import { decide, joe, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, cel, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { parseTakes, TAKES_ALL } from '../policy/exchange.ts';
import type { BindingPolicy, Policy } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import { parsePolicy, serializePolicy } from '../policy/wire.ts';
import { readSourcePolicy } from '../sources/kinds.ts';
import { olderProblem, policyFor, updateFor } from './older-validators.ts';

const NONE = parseTakes(undefined);
const TRIALS = parseTakes('trials');

const stepUp = rulePolicy({ require: { authentication: { acr: ['phr'], maxAge: 60 } } });
const dear = bindingPolicy({ rules: [rulePolicy(), stepUp] }, { id: 'shop/dear', hosts: ['dear.example'] });
const plain = bindingPolicy({}, { id: 'shop/plain', hosts: ['plain.example'] });
const tried: BindingPolicy = { ...dear, id: 'shop/tried', hosts: ['plain.example'], mode: 'Audit' };

function policyOf(bindings: readonly BindingPolicy[], trials: readonly BindingPolicy[] = []): Policy {
  const { policy } = policyUpdate(bindings, [sourcePolicy()]);
  const content = { ...policy, ...(trials.length > 0 && { trials }) };
  return { ...content, version: policyVersion(content) };
}

describe('a binding with a member that a validator does not take', () => {
  const sent = policyFor(policyOf([dear, plain]), TRIALS);
  const enforcer = finishSteps(prepareEnforcer({ ...policyUpdate([]), policy: sent }));
  const good = joe({ acr: 'phr', auth_time: NOW });

  it('refuses every request there, also the good ones', () => {
    const asked = request({ host: 'dear.example', token: good });
    expect(decide(enforcer, asked)).toMatchObject({ reason: 'binding_invalid', status: 503 });
    expect(verdict(decide(enforcer, request({ host: 'dear.example' })))).toBe('denied binding_invalid');
  });

  it('takes nothing away from the others', () => {
    expect(verdict(decide(enforcer, request({ host: 'plain.example', token: good })))).toBe(
      'allowed authenticated',
    );
    expect(sent.bindings[1]).toBe(plain);
  });

  it('keeps all but its judgement, which says what to do', () => {
    expect(sent.bindings[0]).toEqual({
      ...dear,
      judgement: {
        kind: 'invalid',
        problem:
          'this validator is of a version that does not know require.authentication: restart the workload, so that it gets the newer one',
      },
    });
  });

  it('leaves no trace of the member in a policy that can be read', () => {
    const text = serializePolicy(sent);
    expect(text).not.toContain('"authentication":{');
    expect(parsePolicy(text, readSourcePolicy)).toMatchObject({ kind: 'policy' });
  });

  it('is as it is written for a validator that takes it', () => {
    const policy = policyOf([dear, plain], [tried]);
    expect(policyFor(policy, TAKES_ALL)).toBe(policy);
    expect(policyFor(policyOf([dear]), parseTakes('authentication')).bindings[0]).toBe(dear);
  });

  it('needs no source that nobody else uses', () => {
    const update = { ...policyUpdate([]), policy: policyOf([dear]), keysChecked: new Map([['uid-okta', 1]]) };
    const older = updateFor(update, TRIALS);
    expect([older.policy.sources, older.keysChecked.size]).toEqual([[], 0]);
  });
});

describe('a binding with scopes of expressions', () => {
  const expression = { expression: "'x' in scopes", message: 'no x' };
  const asking = (...scopes: readonly string[]) =>
    rulePolicy({ require: { expressions: [scopes.length === 0 ? expression : { ...expression, scopes }] } });
  const one = bindingPolicy({ rules: [rulePolicy(), asking('x')] });

  it('goes without them: they change what a refusal says, and nothing else', () => {
    const sent = policyFor(policyOf([one]), NONE);
    expect(sent.bindings).toEqual([bindingPolicy({ rules: [rulePolicy(), asking()] })]);
    expect(olderProblem(policyOf([one]), one.id, NONE)).toBeUndefined();
  });

  it('refuses where it has another member that is not taken', () => {
    const both = bindingPolicy({ rules: [asking('x'), stepUp] });
    expect(policyFor(policyOf([both]), TRIALS).bindings).toMatchObject([{ judgement: { kind: 'invalid' } }]);
    const sent = policyFor(policyOf([both]), parseTakes('authentication'));
    expect(sent.bindings).toEqual([bindingPolicy({ rules: [asking(), stepUp] })]);
  });
});

it('a binding with a resource refuses: tokens for other APIs would pass', () => {
  const resource = { audiences: ['https://dear.example'] };
  const policy = policyOf([bindingPolicy({ resource }, { id: 'shop/mcp' }), plain]);
  const before = parseTakes('trials, authentication, expression-scopes');
  expect(policyFor(policy, before).bindings).toMatchObject([
    { id: 'shop/mcp', judgement: { kind: 'invalid', problem: expect.stringContaining('resource') } },
    { id: 'shop/plain', judgement: { kind: 'rules' } },
  ]);
  expect(policyFor(policy, TAKES_ALL)).toBe(policy);
});

describe('a binding of an MCP server', () => {
  const mcp = { versions: ['2026-07-28'], other: 'Deny' } as const;
  const guarded = rulePolicy({ match: { mcp: { methods: ['tools/call'], names: ['delete_file'] } } });
  const one = bindingPolicy({ mcp, rules: [guarded, rulePolicy()] });

  it('refuses everything: without match.mcp its rules would take other requests', () => {
    for (const binding of [one, bindingPolicy({ mcp })]) {
      const sent = policyFor(policyOf([binding]), parseTakes('trials, authentication'));
      expect(sent.bindings).toMatchObject([{ judgement: { kind: 'invalid' } }]);
      expect(serializePolicy(sent)).not.toContain('"mcp":{');
      expect(olderProblem(policyOf([binding]), binding.id, NONE)).toContain('does not know mcp');
    }
  });

  it('refuses everything also where only an expression reads the call', () => {
    const rule = rulePolicy({ require: cel("!has(mcp.name) || mcp.name != 'delete_file'") });
    const binding = bindingPolicy({ mcp, rules: [rule] }, { hosts: ['dear.example'] });
    const sent = policyFor(policyOf([binding, plain]), parseTakes('trials, authentication'));
    expect(sent.bindings).toMatchObject([{ judgement: { kind: 'invalid' } }, { id: 'shop/plain' }]);
    expect(serializePolicy(sent)).not.toContain('mcp.name');
    // Were it sent as it stands, the name would be unknown there, as it is here without mcp.
    const asItStands = policyOf([bindingPolicy({ rules: [rule] }, { hosts: ['dear.example'] }), plain]);
    for (const policy of [sent, asItStands]) {
      const enforcer = finishSteps(prepareEnforcer({ ...policyUpdate([]), policy }));
      const dearly = decide(enforcer, request({ host: 'dear.example', token: joe() }));
      expect(dearly).toMatchObject({ outcome: 'denied', reason: 'binding_invalid', status: 503 });
      expect(verdict(decide(enforcer, request({ host: 'plain.example', token: joe() })))).toBe(
        'allowed authenticated',
      );
    }
  });

  it('is as it is written for a validator that takes it', () => {
    expect(policyFor(policyOf([one]), parseTakes('mcp')).bindings[0]).toBe(one);
  });
});

it('a binding with answers of its own goes without them: who is refused does not change by it', () => {
  const body = { statuses: [401], contentType: 'text/plain', body: 'no' };
  const login = { url: 'https://login.example/?rd={url}', origins: ['https://api.example'] };
  const one = bindingPolicy({ answers: { bodies: [body], login } });
  const before = parseTakes('trials, authentication, expression-scopes, revision, resource');
  const sent = policyFor(policyOf([one]), before);
  expect(sent.bindings).toEqual([bindingPolicy()]);
  expect(serializePolicy(sent)).not.toContain('answers');
  expect(olderProblem(policyOf([one]), one.id, before)).toBeUndefined();
  const enforcer = finishSteps(prepareEnforcer({ ...policyUpdate([]), policy: sent }));
  const asked = request({ headers: { 'sec-fetch-mode': 'navigate' } });
  expect(decide(enforcer, asked)).toMatchObject({ status: 401, reason: 'token_missing' });
});

describe('Trials', () => {
  it('stay Trials for who takes them, and are invalid by themselves', () => {
    const sent = policyFor(policyOf([plain], [tried]), TRIALS);
    expect(sent.bindings).toEqual([plain]);
    expect(sent.trials).toMatchObject([{ id: 'shop/tried', mode: 'Audit', judgement: { kind: 'invalid' } }]);
  });

  it('that stand alone are in mode Audit, and refuse nobody there', () => {
    const sent = policyFor(policyOf([], [tried]), NONE);
    expect(sent).not.toHaveProperty('trials');
    expect(sent.bindings).toMatchObject([
      { id: 'shop/tried', mode: 'Audit', judgement: { kind: 'invalid' } },
    ]);
  });
});

describe('a policy that is sent', () => {
  it('is worked out once, and has the version of its content', () => {
    const policy = policyOf([dear, plain]);
    const sent = policyFor(policy, NONE);
    expect(policyFor(policy, NONE)).toBe(sent);
    expect(sent.version).toBe(policyVersion(sent));
    expect(sent.version).not.toBe(policy.version);
  });

  it('is another one for another change alone: each binding is translated once', () => {
    const before = policyFor(policyOf([dear, plain]), NONE);
    const after = policyFor(policyOf([dear]), NONE);
    expect(after.bindings[0]).toBe(before.bindings[0]);
  });

  it('is the policy itself where a validator takes all that is in it', () => {
    const policy = policyOf([plain]);
    expect(policyFor(policy, NONE)).toBe(policy);
  });
});

describe('what status says', () => {
  const policy = policyOf([dear, plain], [tried]);

  it.each([
    ['shop/plain', NONE, undefined],
    ['shop/dear', TAKES_ALL, undefined],
    ['shop/dear', parseTakes('authentication'), undefined],
    ['shop/dear', TRIALS, /does not know require\.authentication, and refuses what comes by this binding$/],
    ['shop/tried', TRIALS, /does not know require\.authentication/],
    ['shop/tried', NONE, /knows no Trials$/],
    ['shop/none', NONE, undefined],
  ] as const)('of %s %#', (id, taken, says) => {
    const problem = olderProblem(policy, id, taken);
    if (says === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatch(says);
  });
});

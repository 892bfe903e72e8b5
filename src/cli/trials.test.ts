/** What `portcullis explain` and `portcullis test` say of a Trial. */

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, yaml } from '../../test/support/manifests.ts';
import type { Command } from './command.ts';
import { testWith } from './policy-tests.ts';
import { explain, explainOffline, joe, ORDERS_URL, okta, orders } from './testing/explain.ts';
import { fileWith, folderWith, runCommand } from './testing/run.ts';

const rules = [{ name: 'admins', require: { roles: { anyOf: ['admin'] } } }];
const next = (spec: object = {}) =>
  binding('next', { sources: [{ name: 'okta' }], mode: 'Trial', hosts: ['orders.example'], rules, ...spec });
const both = yaml([okta(), orders(), next()]);

describe('explain', () => {
  it('tells what a Trial would say, beside what is decided', async () => {
    const { code, told } = await explain(both, `GET ${ORDERS_URL}/`, ['--token', joe()]);
    expect(code).toBe(0);
    expect(told).toMatchObject({
      outcome: 'allowed',
      binding: 'shop/orders',
      trial: {
        ...{ binding: 'shop/next', verdict: 'would_deny', outcome: 'denied', reason: 'role_mismatch' },
        ...{ rule: 'admins', source: 'shop/okta', user: 'joe' },
      },
    });
    expect(told.trial.steps.at(-1)).toEqual({
      step: 'answer',
      finding: 'would_deny: denied: 403 role_mismatch',
    });
    expect(told.steps.at(-1).finding).toBe('allowed: authenticated');
  });

  it('has none where the Trial decides by itself, or there is none', async () => {
    const alone = await explain(yaml([okta(), next()]), `GET ${ORDERS_URL}/`, ['--token', joe()]);
    expect(alone).toMatchObject({ code: 0, told: { outcome: 'audit_denied', trial: null } });
    const without = await explain(yaml([okta(), orders()]), `GET ${ORDERS_URL}/`);
    expect(without.told.trial).toBeNull();
  });

  it('shows the steps of both as text', async () => {
    const args = ['-f', fileWith(both), '--request', `GET ${ORDERS_URL}/`, '--token', joe()];
    const { out } = await runCommand(explainOffline, args);
    expect(out).toMatch(
      /200 OK.*\n\nBeside it, a Trial:\nbinding {7}shop\/next is for orders\.example, in mode Trial\n/s,
    );
    expect(out.trimEnd().split('\n').at(-1)).toBe('answer        would_deny: denied: 403 role_mismatch');
  });
});

describe('test', () => {
  const command: Command = (args, surroundings) =>
    testWith(args, surroundings, () => Promise.reject(new Error('nobody is to be asked')));
  const run = (expected: object, manifests = both) => {
    const test = { name: 'joe', request: `GET ${ORDERS_URL}/`, claims: { sub: 'joe' }, expect: expected };
    const folder = folderWith({ 'm.yaml': manifests, 't.yaml': stringify({ tests: [test] }) });
    return runCommand(command, ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')]);
  };

  it('shows what a Trial would decide otherwise, and passes', async () => {
    const { code, out } = await run({ status: 200 });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^TRIAL .*t\.yaml:2: joe: would_deny: denied: role_mismatch \(shop\/next, rule admins\)\n1 passed, 0 failed\n$/,
    );
  });

  it('may expect it', async () => {
    expect(await run({ trial: 'would_deny' })).toMatchObject({ code: 0, out: '1 passed, 0 failed\n' });
    const wrong = await run({ trial: 'same' });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('expected trial same; got trial would_deny');
    expect((await run({ trial: 'denied' })).code).toBe(2);
  });

  it('may expect that there is none', async () => {
    expect((await run({ trial: '' }, yaml([okta(), orders()]))).code).toBe(0);
    expect((await run({ trial: '' })).code).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { allowedDecision, notedCall, notedDecision } from '../../report/testing/noted.ts';
import { decisionEvent } from '../../report/testing/reports.ts';
import { adminServer } from '../../validator/testing/admin.ts';
import { web } from '../../validator/testing/probing.ts';
import type { Ended } from '../testing/run.ts';
import { runCommand } from '../testing/run.ts';
import { traceCommand } from './trace.ts';

/** Tells the decisions again and again, until the command has heard enough of them. */
async function traced(
  args: readonly string[],
  tell: (live: Awaited<ReturnType<typeof adminServer>>['live']) => void,
) {
  const { live, port } = await adminServer(policyUpdate([bindingPolicy()]));
  let ended: Ended | undefined;
  const running = runCommand(traceCommand, ['--admin', `http://127.0.0.1:${port}`, ...args]).then((end) => {
    ended = end;
  });
  await expect
    .poll(() => {
      if (ended === undefined) tell(live);
      return ended;
    })
    .toBeDefined();
  await running;
  return ended;
}

describe('portcullis trace', () => {
  it('shows decisions, a line each, and ends after so many', async () => {
    const ended = await traced(['shop/orders', '--count', '2'], (live) => {
      live.tell(notedCall(), notedDecision({ binding: 'shop/other' }), 'denied', 0);
      live.tell(notedCall(), allowedDecision(), 'allowed', 0);
      live.tell(notedCall(), notedDecision({ detail: 'why' }), 'audit_denied', 0);
    });
    expect(ended?.code).toBe(0);
    const lines = ended?.out.split('\n') ?? [];
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}allowed {8}authenticated {7}read {2}user joe \(client billing-cron\) {2}GET orders\.example\/orders\/7$/,
    );
    expect(lines[1]).toMatch(
      / audit_denied {3}audience_mismatch {3}read {2}client billing-cron .*\/orders\/7 {2}why$/,
    );
  });
  const STEPS = [
    { step: 'binding', finding: 'shop/orders guards orders.example, in mode Enforce' },
    { step: 'token', finding: 'aud "other"; expected one of "api"' },
    { step: 'token', finding: "audience_mismatch: The token's audience is none of those expected here." },
    { step: 'answer', finding: 'denied: 401 audience_mismatch' },
  ];
  it('with all steps to each, the deciding one marked', async () => {
    const ended = await traced(['shop/orders', '--explain', '--count', '1'], (live) =>
      live.tell(notedCall(), notedDecision(), 'denied', 0, () => STEPS),
    );
    expect(ended?.out.split('\n').slice(1)).toEqual([
      '    binding       shop/orders guards orders.example, in mode Enforce',
      '    token         aud "other"; expected one of "api"',
      "  > token         audience_mismatch: The token's audience is none of those expected here.",
      '    answer        denied: 401 audience_mismatch',
      '',
    ]);
  });
  it('as JSON, an object in a line, with steps or without', async () => {
    const tell = (live: Parameters<Parameters<typeof traced>[1]>[0]) =>
      live.tell(notedCall(), notedDecision(), 'denied', 0, () => STEPS);
    const plain = await traced(['shop/orders', '--output', 'json', '--count', '2'], tell);
    const lines = plain?.out.trim().split('\n') ?? [];
    expect(lines.map((line) => JSON.parse(line).reason)).toEqual(['audience_mismatch', 'audience_mismatch']);
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('steps');
    const explained = await traced(['shop/orders', '--output', 'json', '--explain', '--count', '1'], tell);
    expect(JSON.parse(explained?.out ?? '').steps).toEqual(STEPS);
  });
  it('those alone that are refused, of one user, for one reason', async () => {
    const args = ['shop/orders', '--denied', '--user', 'joe', '--reason', 'token_expired', '--count', '1'];
    const ended = await traced(args, (live) => {
      live.tell(notedCall(), allowedDecision({ user: 'joe' }), 'allowed', 0);
      live.tell(notedCall(), notedDecision({ user: 'ann', reason: 'token_expired' }), 'denied', 0);
      live.tell(notedCall(), notedDecision({ user: 'joe' }), 'denied', 0);
      live.tell(
        notedCall({ pathAndQuery: '/this' }),
        notedDecision({ user: 'joe', reason: 'token_expired' }),
        'denied',
        0,
      );
    });
    expect(ended?.out).toMatch(/^[^\n]+\/this\n$/);
  });
  it('says what was left out', async () => {
    const decision = JSON.stringify(decisionEvent());
    const port = await web((_, response) => {
      response.write('event: left-out\ndata: {"overRate":7,"slowReader":2}\n\n');
      response.write(`event: decision\ndata: ${decision}\n\n`);
    });
    const args = ['shop/orders', '--count', '1', '--admin', `http://127.0.0.1:${port}`];
    const { out, err } = await runCommand(traceCommand, args);
    expect(err).toBe('portcullis: left out: 7 above 200 a second, 2 because they were not read in time\n');
    expect(out).toMatch(/^[^\n]+\n$/);
  });
  it('hostile names stay in their line', async () => {
    const hostile = 'joe\u001b[2J\r\n\u202eshop';
    const ended = await traced(['shop/orders', '--count', '1'], (live) => {
      live.tell(notedCall({ host: hostile, method: hostile }), notedDecision({ user: hostile }), 'denied', 0);
    });
    expect(ended?.out).toMatch(/^[^\p{Cc}\u202e]+\n$/u);
  });
  it('says so when the validator ends', async () => {
    const { live, port } = await adminServer(policyUpdate([bindingPolicy()]));
    const running = runCommand(traceCommand, ['shop/orders', '--admin', `http://127.0.0.1:${port}`]).then(
      () => 'ended',
      (error: Error) => error.message,
    );
    let said: string | undefined;
    void running.then((message) => {
      said = message;
    });
    await expect
      .poll(() => {
        live.end();
        return said;
      })
      .toMatch(/has ended the stream/);
  });
  it.each([
    [[], /BINDING is missing/],
    [['orders'], /with --admin a binding is NAMESPACE/],
    [['a/b', 'c/d'], /more than one/],
    [['a/b', '--count', '0'], /--count is a number/],
  ] as const)('refuses %j', async (args, problem) => {
    await expect(runCommand(traceCommand, ['--admin', 'http://localhost:1', ...args])).rejects.toThrow(
      problem,
    );
  });
});

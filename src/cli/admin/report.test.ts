import { describe, expect, it } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { readReport } from '../../report/report.ts';
import { notedCall, notedDecision } from '../../report/testing/noted.ts';
import { adminServer } from '../../validator/testing/admin.ts';
import { closedPort, web } from '../../validator/testing/probing.ts';
import { runCommand } from '../testing/run.ts';
import { reportCommand } from './report.ts';

async function validator() {
  const server = await adminServer(policyUpdate([bindingPolicy({}, { mode: 'Audit' })]));
  const run = (...args: string[]) =>
    runCommand(reportCommand, ['--admin', `http://127.0.0.1:${server.port}`, ...args]);
  return { ...server, run };
}

describe('portcullis report', () => {
  it('tells of one validator who would be refused', async () => {
    const { memory, run } = await validator();
    memory.note(notedCall(), notedDecision(), 'audit_denied');
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^shop\/orders \(Audit\)\n1 request: 1 would be refused: 1 by client billing-cron, audience_mismatch$/m,
    );
  });
  it('as JSON that can be read again', async () => {
    const { memory, run } = await validator();
    memory.note(notedCall(), notedDecision(), 'audit_denied');
    const { out } = await run('--output', 'json');
    expect(readReport(JSON.parse(out)).kind).toBe('report');
  });
  it('harmless to a terminal, whatever the other side says', async () => {
    const { memory, run } = await validator();
    memory.note(notedCall(), notedDecision(), 'audit_denied');
    const [binding] = JSON.parse((await run('--output', 'json')).out).bindings;
    const hostile = '\u009b2J\u202e'.concat('x'.repeat(2_000_000));
    const rows = [{ ...binding.rows[0], rule: hostile, user: hostile, reason: hostile }];
    const bindings = [{ ...binding, binding: hostile, mode: hostile, rows }];
    const report = { format: 1, from: hostile, until: hostile, validators: 1, bindings };
    const port = await web((_, response) => response.end(JSON.stringify(report)));
    for (const output of ['json', 'text']) {
      const { out } = await runCommand(reportCommand, [
        '--admin',
        `http://127.0.0.1:${port}`,
        '--output',
        output,
      ]);
      expect(output === 'text' ? out.length : 0).toBeLessThan(50_000);
      expect(out).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
    }
  });
  it('of one binding, and of the last hour', async () => {
    const { memory, run } = await validator();
    memory.note(notedCall(), notedDecision(), 'audit_denied');
    memory.note(notedCall(), notedDecision({ binding: 'shop/other' }), 'denied');
    const { out } = await run('shop/other', '--since', '1h');
    expect(out).toContain('shop/other');
    expect(out).not.toContain('shop/orders');
  });
  it.each([
    ['audit_denied', 1],
    ['would_deny', 1],
    ['denied', 0],
    ['would_allow', 0],
  ] as const)('--fail where %s: %i', async (outcome, code) => {
    const { memory, run } = await validator();
    memory.note(notedCall(), notedDecision(), outcome);
    expect(await run('--fail')).toMatchObject({ code });
    expect(await run()).toMatchObject({ code: 0 });
  });
  it.each([
    [['--since', '25h'], /--since is a duration/],
    [['orders'], /a binding is NAMESPACE\/NAME/],
    [['a/b', 'c/d'], /more than one binding/],
    [['--output', 'yaml'], /--output is text, json/],
  ] as const)('refuses %j', async (args, problem) => {
    const { run } = await validator();
    await expect(run(...args)).rejects.toThrow(problem);
  });
  it.each([
    [['--admin', 'https://127.0.0.1:9003'], /--admin must be http:/],
    [['--admin', '127.0.0.1:9003'], /--admin must be http:/],
    [['--admin', 'http://127.0.0.1:9003/report'], /--admin must be http:/],
    [['--admin', 'http://validator.example:9003'], /--admin must be localhost/],
  ] as const)('refuses %j', async (args, problem) => {
    await expect(runCommand(reportCommand, args)).rejects.toThrow(problem);
  });
  it('says so where nobody answers', async () => {
    const admin = `http://127.0.0.1:${await closedPort()}`;
    await expect(runCommand(reportCommand, ['--admin', admin])).rejects.toThrow(
      /cannot be asked \(ECONNREFUSED\)/,
    );
  });
  it.each([
    ['another page', 200, '{"status":"ok"}', /is no report: format/],
    ['no JSON', 200, '<html>', /is no report/],
    ['a refusal', 404, 'no such page\n\u001b[2J', /answers 404 at \/report.*: no such page/],
  ] as const)('says so where %s is answered', async (_, status, body, problem) => {
    const port = await web((_request, response) => response.writeHead(status).end(body));
    await expect(runCommand(reportCommand, ['--admin', `http://localhost:${port}`])).rejects.toThrow(problem);
  });
});

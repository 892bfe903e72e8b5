/** Validators that go and come while a gateway asks them, with every answer counted. */

import { expect, it } from 'vitest';
import { asking, MANIFESTS, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { startValidator } from '../support/validator.ts';
import type { GatewayTraits } from './gateway.ts';
import type { GatewayStage } from './stage.ts';

export function faults(
  stage: () => GatewayStage,
  { unavailable, unavailableProblem, late }: GatewayTraits,
): void {
  it('with the validator gone everything is refused, and nothing else when it is back', async () => {
    const { gateway, arrived, cases, validator } = stage();
    const good = () => send(gateway.port, withToken(cases.bearer()));
    const { http, grpc } = validator;
    await validator.stop();
    for (const sent of [
      withToken(cases.bearer()),
      asking('/healthz'),
      asking('/'),
      asking('/', ['content-type', 'application/grpc']),
    ]) {
      const answer = await send(gateway.port, sent);
      const isGrpc = answer.headers['grpc-status'] !== undefined;
      expect(isGrpc ? answer.headers['grpc-status'] : answer.status).toBe(isGrpc ? '14' : unavailable);
      expect(answer.body).not.toBe('ok');
      if (unavailableProblem && !isGrpc)
        expect(JSON.parse(answer.body)).toMatchObject({ reason: 'authorization_unavailable' });
    }
    expect(arrived()).toEqual([]);
    stage().validator = await startValidator({
      manifests: MANIFESTS,
      flags: ['--http', `127.0.0.1:${http}`, '--grpc', `127.0.0.1:${grpc}`],
    });
    await expect.poll(async () => (await good()).status, { timeout: 60_000 }).toBe(200);
    expect((await send(gateway.port, asking('/'))).status).toBe(401);
  });

  it('a validator that does not answer in time has refused', { timeout: 120_000 }, async () => {
    const { gateway, arrived, cases, validator } = stage();
    validator.server.signal('SIGSTOP');
    const asked = [
      withToken(cases.bearer()),
      asking('/healthz'),
      asking('/', ['content-type', 'application/grpc']),
    ];
    try {
      for (const answer of await Promise.all(asked.map((sent) => send(gateway.port, sent)))) {
        const isGrpc = answer.headers['grpc-status'] !== undefined;
        expect(isGrpc ? answer.headers['grpc-status'] : answer.status).toBe(isGrpc ? '14' : late);
        expect(answer.body).not.toBe('ok');
      }
    } finally {
      validator.server.signal('SIGCONT');
    }
    expect(arrived()).toEqual([]);
    await expect.poll(async () => (await send(gateway.port, withToken(cases.bearer()))).status).toBe(200);
  });

  it('while the validator is killed and started again under load, nothing without a token gets in', async () => {
    const { gateway, cases, validator, app } = stage();
    const answers = { good: new Map<number, number>(), bad: new Map<number, number>() };
    let over = false;
    const load = async (kind: keyof typeof answers): Promise<void> => {
      while (!over) {
        const sent = kind === 'good' ? withToken(cases.bearer()) : asking('/orders', ['x-bad', '1']);
        const { status } = await send(gateway.port, sent).catch(() => ({ status: 0 }));
        answers[kind].set(status, (answers[kind].get(status) ?? 0) + 1);
      }
    };
    const loads = [load('good'), load('bad'), load('good'), load('bad')];
    const until = (kind: keyof typeof answers, status: number) =>
      expect.poll(() => answers[kind].get(status) ?? 0, { timeout: 60_000 }).toBeGreaterThan(20);
    await until('good', 200);
    validator.server.signal('SIGKILL');
    await validator.server.ended();
    answers.good.clear();
    await until('good', unavailable);
    await validator.stop();
    stage().validator = await startValidator({
      manifests: MANIFESTS,
      flags: ['--http', `127.0.0.1:${validator.http}`, '--grpc', `127.0.0.1:${validator.grpc}`],
    });
    await until('good', 200);
    await until('bad', 401);
    over = true;
    await Promise.all(loads);
    expect([...answers.bad.keys()].filter((status) => status < 400)).toEqual([]);
    // Each answer is the app's, the validator's, or says that nobody has judged.
    expect([...answers.good.keys()].filter((status) => ![200, unavailable].includes(status))).toEqual([]);
    expect(app.received.filter(({ text }) => /x-bad/i.test(text))).toEqual([]);
  });
}

/** What holds at every gateway, tried on the real program with what `portcullis envoy-config` prints for it. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../src/decision/reasons.ts';
import { asking, contractCases, withToken } from '../envoy/contract-cases.ts';
import { type Received, type Sent, send } from '../envoy/guarded.ts';
import type { GatewayProgram, GatewayTraits } from './gateway.ts';
import { type GatewayStage, setGatewayStage } from './stage.ts';
import { answers } from './suite-answers.ts';
import { attacks } from './suite-attacks.ts';
import { faults } from './suite-faults.ts';
import { mcp } from './suite-mcp.ts';
import { metadata } from './suite-metadata.ts';
import { protocols } from './suite-protocols.ts';
import { webSockets } from './suite-web-sockets.ts';

/** What only the tests of the service itself can bring about. */
const OUT_OF_REACH: readonly Reason[] = ['overloaded', 'policy_missing', 'internal_error'];
const REFUSED = contractCases(0).refused.map(([reason, status], n) => [n, reason, status] as const);

export function describeGateway(program: GatewayProgram): void {
  describe(program.name, () => {
    let stage: GatewayStage;
    beforeAll(async () => {
      stage = await setGatewayStage(program);
    });
    afterAll(() => stage?.stop());
    beforeEach(() => void stage.arrived());

    contract(() => stage, program.traits);
    attacks(() => stage, program.traits);
    metadata(() => stage, program.traits);
    mcp(() => stage, program.traits);
    answers(() => stage);
    webSockets(() => stage);
    protocols(() => stage, program.traits);
    faults(() => stage, program.traits);
  });
}

/** What a request is, who makes it from the cases, and the user that the app is told of. */
type Passing = readonly [
  what: string,
  sentBy: (cases: GatewayStage['cases']) => Sent,
  user: string | undefined,
];

function contract(stage: () => GatewayStage, traits: GatewayTraits): void {
  it.each(REFUSED.filter(([, reason]) => !OUT_OF_REACH.includes(reason)))(
    'case %i: %s answers %i',
    async (n, reason, status) => {
      const [, , sent] = stage().cases.refused[n] ?? [];
      if (sent === undefined) throw new Error(`no case ${n}`);
      // No browser sends one without the other, and no other client has somebody else's cookies.
      if (traits.hidesUpgrade && has(sent, 'upgrade') && !has(sent, 'sec-websocket-version')) return;
      const answer = await send(stage().gateway.port, sent);
      expect(stage().arrived()).toEqual([]);
      if (traits.refusesItself[reason] !== undefined && !isOurs(answer)) {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        return;
      }
      if (traits.tidiesPaths && reason === 'path_ambiguous') {
        expect(answer.status).toBeGreaterThanOrEqual(300);
        return;
      }
      const hidden = status === 503 && !traits.trueReasonOf503;
      if (hidden && !traits.unavailableProblem) {
        expect(answer).toMatchObject({ status: traits.unavailable, body: '' });
        return;
      }
      expectRefusal(
        answer,
        hidden ? 'authorization_unavailable' : reason,
        hidden ? traits.unavailable : status,
      );
    },
  );

  it.each([
    ['a good token', (c) => withToken(c.bearer()), 'joe'],
    ['a token in the query', (c) => asking(`/?access_token=${c.bearer()}`), 'joe'],
    ['a token in a cookie', (c) => asking('/', ['cookie', `a=b; session=${c.bearer()}`]), 'joe'],
    ['a role', (c) => withToken(c.bearer({ groups: ['admin'] }), '/admin/x'), 'joe'],
    ['a request that needs no token', () => asking('/healthz'), undefined],
    ['a request that may have one', () => asking('/maybe'), undefined],
    [
      'a preflight',
      () => ({
        ...asking('/', ['origin', 'https://x.example'], ['access-control-request-method', 'PUT']),
        method: 'OPTIONS',
      }),
      undefined,
    ],
  ] as readonly Passing[])('lets %s pass, and names the user', async (_, sentBy, user) => {
    const sent = sentBy(stage().cases);
    const answer = await send(stage().gateway.port, sent);
    expect(answer.status).toBe(200);
    const [arrived, ...more] = stage().arrived();
    expect(more).toEqual([]);
    expect(arrived).toMatchObject({ method: sent.method ?? 'GET', target: sent.target });
    const seen = arrived?.headers.filter(([name]) => /^(x-auth-|portcullis-|x-portcullis-)/.test(name)) ?? [];
    expect(seen.find(([name]) => name === 'x-auth-user')?.[1]).toBe(user);
    expect(seen.filter(([name]) => !name.startsWith('x-auth-'))).toEqual([]);
  });
}

const has = ({ headers = [] }: Sent, wanted: string): boolean => headers.some(([name]) => name === wanted);

/** Whether the validator has said it. */
const isOurs = ({ headers: { 'content-type': type } }: Received): boolean =>
  type === 'application/problem+json';

function expectRefusal(answer: Received, reason: string, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(answer.body)).toMatchObject({ reason, status });
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['retry-after'] !== undefined).toBe(status === 503);
  if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="shop\//);
  const ours = Object.keys(answer.headers).filter((name) => /^(x-)?portcullis-/.test(name));
  expect(ours).toEqual([]);
}

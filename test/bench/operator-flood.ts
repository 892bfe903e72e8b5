/** What a validator waits for its policy while strangers hold hundreds of connections with forged tokens. */

import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { FORMAT_FIELD, POLICY_PATH } from '../../src/policy/exchange.ts';
import { POLICY_FORMAT } from '../../src/policy/policy.ts';
import { HOME } from '../operator/rights.ts';
import { floodPolicy } from '../operator/strangers.ts';

export interface FloodedServer {
  readonly port: number;
  readonly authority: string;
  /** Good ones, of pods that live; the first is the honest validator's. */
  readonly tokens: readonly string[];
}

const CONNECTIONS = 300;
const QUESTIONS = 300;

/** Milliseconds from an honest question to its answer, the 99th of a hundred; every tenth on a new connection. */
export async function measureForged({ port, authority, tokens }: FloodedServer): Promise<number> {
  const flood = floodPolicy({
    port,
    authority,
    connections: CONNECTIONS,
    token: (i) => forged(tokens[i % tokens.length] ?? '', i),
  });
  const agents = Array.from({ length: QUESTIONS / 10 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const times: number[] = [];
  try {
    await flood.answered(CONNECTIONS / 10);
    for (let i = 0; i < QUESTIONS; i++) {
      const begun = performance.now();
      await ask({ port, authority, tokens }, agents[Math.floor(i / 10)]);
      times.push(performance.now() - begun);
    }
  } finally {
    for (const agent of agents) agent.destroy();
    await flood.stop();
  }
  times.sort((a, b) => a - b);
  return times[Math.ceil(QUESTIONS * 0.99) - 1] ?? Number.NaN;
}

/** The same but for its signature, each another. */
function forged(token: string, i: number): string {
  const end = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(end), 'base64url');
  signature.writeUInt32LE(i + 1, 8);
  return token.slice(0, end) + signature.toString('base64url');
}

async function ask({ port, authority, tokens }: FloodedServer, agent: Agent | undefined): Promise<void> {
  const asking = request({
    host: '127.0.0.1',
    port,
    path: POLICY_PATH,
    ca: authority,
    agent,
    servername: `portcullis-policy.${HOME}.svc`,
    headers: { authorization: `Bearer ${tokens[0]}`, [FORMAT_FIELD]: String(POLICY_FORMAT) },
  }).end();
  const [response] = await once(asking, 'response');
  if (response.statusCode !== 200) throw new Error(`an honest validator was answered ${response.statusCode}`);
  response.resume();
  await once(response, 'end');
}

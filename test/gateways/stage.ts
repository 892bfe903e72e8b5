/** A real validator, an app that keeps the bytes it got, and a gateway between client and app. */

import { connect } from 'node:net';
import { contractCases, MANIFESTS } from '../envoy/contract-cases.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import type { GatewayProgram, RunningGateway } from './gateway.ts';

/** A request as the app got it. */
export interface Arrived {
  readonly method: string;
  readonly target: string;
  /** Lower-case names; doubled ones apart. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface GatewayStage {
  readonly app: RawApp;
  readonly gateway: RunningGateway;
  validator: Validator;
  readonly cases: ReturnType<typeof contractCases>;
  /** What the app got since it was last asked. */
  arrived(): readonly Arrived[];
  /** Sends bytes as they are and returns the status of the first answer; undefined where the connection was closed. */
  status(bytes: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

export const HOSTS = [
  ...['orders.example', 'down.example', 'broken.example', 'nobody.example', 'mcp.example'],
  ...['tools.example', 'pages.example'],
];

export async function setGatewayStage(program: GatewayProgram): Promise<GatewayStage> {
  const app = await startRawApp();
  const validator = await startValidator({ manifests: MANIFESTS });
  const parts = { app: app.port, validator: portsOf(validator), hosts: HOSTS };
  const gateway = await program.start(parts).catch(async (error: unknown) => {
    app.stop();
    await validator.stop();
    throw error;
  });
  const stage: GatewayStage = {
    app,
    gateway,
    validator,
    cases: contractCases(Math.floor(Date.now() / 1000)),
    arrived: () => app.received.splice(0).flatMap(({ text }) => requestsIn(text)),
    status: (bytes) => firstStatus(gateway.port, bytes),
    async stop() {
      await gateway.stop();
      await stage.validator.stop();
      app.stop();
    },
  };
  return stage;
}

function portsOf({ http, grpc }: Validator): { readonly http: number; readonly grpc: number } {
  if (typeof http !== 'number' || typeof grpc !== 'number') throw new Error('the validator has no ports');
  return { http, grpc };
}

/** Without bodies: each head of the connection. */
function requestsIn(text: string): readonly Arrived[] {
  return text
    .split('\r\n\r\n')
    .slice(0, -1)
    .map((head) => {
      const [line = '', ...lines] = head.split('\r\n');
      const [method = '', target = ''] = line.split(' ');
      const headers = lines.map((one) => {
        const colon = one.indexOf(':');
        return [one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim()] as const;
      });
      return { method, target, headers };
    });
}

function firstStatus(port: number, bytes: string): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const found = () => /^HTTP\/1\.\d (?!100)(\d{3})/.exec(text)?.[1];
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    if (found() !== undefined && text.includes('\r\n\r\n')) socket.destroy();
  });
  socket.on('error', () => {});
  socket.on('close', () => resolve(found() === undefined ? undefined : Number(found())));
  socket.write(bytes, 'latin1');
  return promise;
}

// Apache HttpClient 5.4, which offers TLS/1.2 with every request, and the RestClient of Spring Boot 3.4 over it.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../tools/run.ts';
import { javaProgram } from '../support/java.ts';
import { NOW } from '../support/verification.ts';
import { contractCases, MANIFESTS } from './contract-cases.ts';
import { type Guarded, startGuarded } from './guarded.ts';

const { bearer } = contractCases(NOW);
let classes: string;
let guarded: Guarded;

beforeAll(async () => {
  classes = await javaProgram('envoy-java', join(import.meta.dirname, 'java'), 'Clients.java');
  guarded = await startGuarded(MANIFESTS.replaceAll('orders.example', 'localhost'));
}, 300_000);
afterAll(() => guarded.stop());

it.each(['http', 'grpc'] as const)('are judged as any other client, asked over %s', async (protocol) => {
  const url = `http://localhost:${guarded.ports[protocol]}/`;
  const quiet = ['-Dspring.main.banner-mode=off', '-Dlogging.level.root=off'];
  const options = ['-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true', ...quiet, '-cp', classes];
  const { code, stdout, stderr } = await run('java', [...options, 'Clients', url, bearer()]);
  expect([code, stdout.trim().split('\n'), code === 0 ? '' : stderr]).toEqual([
    0,
    [
      'HttpClient GET: 200',
      'HttpClient POST: 200',
      'HttpClient without a token: 401',
      'Spring Boot 3.4 over HttpComponentsClientHttpRequestFactoryBuilder',
      'RestClient GET: 200',
      'RestClient POST: 200',
      'RestClient without a token: 401',
    ],
    '',
  ]);
});

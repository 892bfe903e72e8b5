/** A real API server takes what `portcullis inject` prints of manifests in the shapes of public charts. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../tools/run.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';

const CHARTS = path.join(import.meta.dirname, 'charts');
const SOURCE = path.join(import.meta.dirname, 'source.yaml');
const ROOT = path.join(import.meta.dirname, '../..');
/** Which, and why, is in src/cli/charts.test.ts. */
const REFUSED = ['bookinfo.yaml', 'cert-manager.yaml', 'prometheus-node-exporter.yaml'];

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  const crds = path.join(ROOT, 'crds');
  await must(['apply', '-f', crds]);
  await must(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
  await must(['create', 'namespace', 'apps']);
  // No controller makes it here, and no Pod is taken without it.
  await must(['create', 'serviceaccount', 'default', '--namespace=apps']);
});
afterAll(() => server?.stop());

async function must(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await server.kubectl(args, stdin);
  expect(code, stderr).toBe(0);
  return stdout;
}

it.each(readdirSync(CHARTS).filter((name) => !REFUSED.includes(name)))('takes %s', async (name) => {
  const main = path.join(ROOT, 'src/cli/main.ts');
  const inputs = ['-f', path.join(CHARTS, name), '-f', SOURCE];
  const { code, stdout, stderr } = await run(process.execPath, [main, 'inject', ...inputs]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^sidecars in [1-9]/) });
  const taken = await must(
    ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
    stdout,
  );
  const lines = taken.trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(line).toMatch(/ serverside-applied \(server dry run\)$/);
});

/** The harness itself: servers that answer kubectl, and say no. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from './harness.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

afterAll(() => server?.stop());

describe('a real kube-apiserver', () => {
  it('tells its version to kubectl', async () => {
    const { code, stdout } = await server.kubectl(['version', '--output=json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
  });

  it('takes manifests from standard input', async () => {
    const manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const { code, stdout } = await server.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'namespace/shop created\n' });
  });

  it('returns the failure of a command', async () => {
    const { code, stderr } = await server.kubectl(['get', 'nosuchkind']);
    expect(code).toBe(1);
    expect(stderr).toContain('nosuchkind');
  });

  it('refuses a caller with another token', async () => {
    const { code, stderr } = await server.kubectl(['--token=wrong', 'get', 'namespaces']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Unauthorized');
  });
});

/** A real API server takes both CRDs, and explains their fields to kubectl. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from './harness.ts';

const crds = fileURLToPath(new URL('../../crds', import.meta.url));

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

afterAll(() => server?.stop());

describe('the CRDs', () => {
  it('are accepted and established', async () => {
    expect(await server.kubectl(['apply', '--server-side', '-f', crds])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const established = ['wait', '--for=condition=Established', '--timeout=60s', '-f', crds];
    expect(await server.kubectl(established)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['authsource.spec.jwt', 'issuer'],
    ['authsrc.status', 'issuerError'],
    ['apibinding.spec', 'targetRefs'],
    ['apibindings.spec.rules', 'authentication'],
  ])('explain %s', async (field, member) => {
    // The API server publishes a new schema a moment after it has established the kind.
    await expect
      .poll(() => server.kubectl(['explain', field]), { timeout: 30_000 })
      .toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^  ${member}\t`, 'm')) });
  });
});

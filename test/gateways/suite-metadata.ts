/** The metadata of a resource: the client gets it, or a refusal that says why not, and the app nothing at all. */

import { expect, it } from 'vitest';
import { asking, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import type { GatewayTraits } from './gateway.ts';
import type { GatewayStage } from './stage.ts';

const PATH = '/.well-known/oauth-protected-resource/mcp';

export function metadata(stage: () => GatewayStage, { servesMetadata }: GatewayTraits): void {
  it.each(['GET', 'HEAD', 'OPTIONS', 'POST'])(
    'the metadata of a resource never goes to the app: %s',
    async (method) => {
      const sent = { headers: [['host', 'mcp.example']] as const, target: PATH, method };
      for (const asked of [sent, { ...sent, headers: [...sent.headers, FORGED] }]) {
        const answer = await send(stage().gateway.port, asked);
        expect(stage().arrived()).toEqual([]);
        if (!servesMetadata) {
          // Over Istio's HTTP form a 405 needs no carrier, and reaches the client.
          const refusal = method === 'POST' ? [403, 405] : [403];
          expect(refusal).toContain(answer.status);
          expect(answer.status).toBeGreaterThanOrEqual(400);
          continue;
        }
        expect(answer.status).toBe({ GET: 200, HEAD: 200, OPTIONS: 204, POST: 405 }[method]);
        if (method === 'POST') expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
        else expect(answer.headers['access-control-allow-origin']).toBe('*');
        if (method !== 'GET') continue;
        expect(answer.headers['content-type']).toBe('application/json');
        expect(JSON.parse(answer.body)).toMatchObject({ resource: 'https://mcp.example/mcp' });
      }
    },
  );

  it('a challenge names the metadata, and another API’s token opens nothing', async () => {
    const host = ['host', 'mcp.example'] as const;
    const { headers = [] } = withToken(stage().cases.bearer());
    const others = headers.filter(([name]) => name !== 'host');
    for (const [sent, reason] of [
      [{ ...asking('/'), headers: [host] }, 'token_missing'],
      [{ ...asking('/'), headers: [host, ...others] }, 'audience_mismatch'],
    ] as const) {
      const answer = await send(stage().gateway.port, sent);
      expect(stage().arrived()).toEqual([]);
      expect([answer.status, JSON.parse(answer.body).reason]).toEqual([401, reason]);
      expect(answer.headers['www-authenticate']).toContain(`resource_metadata="https://mcp.example${PATH}"`);
    }
  });
}

/** A client that says what only a generated Envoy may say is never let through by it. */
const FORGED = ['x-portcullis-carries-503', '425, 426, 424'] as const;

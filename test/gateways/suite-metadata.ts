/** The metadata of a resource: the client gets it, or a refusal that says why not, and the app nothing at all. */

import { expect, it } from 'vitest';
import { asking, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import { saying } from '../envoy/raw-app.ts';
import type { GatewayTraits } from './gateway.ts';
import type { GatewayStage } from './stage.ts';

const PATH = '/.well-known/oauth-protected-resource/mcp';

export function metadata(stage: () => GatewayStage, { servesMetadata, tidiesPaths }: GatewayTraits): void {
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
        if (method === 'OPTIONS') {
          expect(answer.headers).toMatchObject({
            allow: 'GET, HEAD, OPTIONS',
            'access-control-allow-methods': 'GET, HEAD',
            'access-control-allow-headers': '*, Authorization',
            'access-control-max-age': '3600',
          });
        }
        if (method === 'GET' || method === 'HEAD') {
          expect(answer.headers['cache-control']).toBe('max-age=300');
        }
        if (method !== 'GET') continue;
        expect(answer.headers['content-type']).toBe('application/json');
        expect(JSON.parse(answer.body)).toMatchObject({ resource: 'https://mcp.example/mcp' });
      }
    },
  );

  it.each([
    `${PATH}?a=b`,
    `${PATH}/`,
    `${PATH}/../../../orders`,
    '/.well-known/oauth-protected-resource/%6Dcp',
    '/.well-known//oauth-protected-resource/mcp',
    `/x;/..${PATH}`,
    `/resource-metadata${PATH}`,
    '/resource-metadata/../orders',
  ])('%s is not its URL, and needs a token', async (target) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const { status, headers } = await send(stage().gateway.port, {
        headers: [['host', 'mcp.example']],
        ...{ target, method },
      });
      // Where it is tidied up to that URL, the metadata is there for anybody.
      const isServed = tidiesPaths && headers['access-control-allow-origin'] === '*';
      expect([stage().arrived(), status >= 300 || isServed]).toEqual([[], true]);
    }
  });

  it.each([424, 425, 426])('an app that answers %i itself is heard as it is', async (status) => {
    const { app, gateway, cases } = stage();
    const { answer } = app;
    app.answer = saying(`HTTP/1.1 ${status} X\r\nportcullis-problem: x\r\ncontent-length: 2\r\n\r\nno`);
    try {
      for (const sent of [asking('/healthz'), withToken(cases.bearer(), PATH)]) {
        const heard = await send(gateway.port, sent);
        expect([heard.status, heard.body]).toEqual([status, 'no']);
      }
    } finally {
      app.answer = answer;
    }
  });

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

/** Paths and headers by which somebody would get past a gateway: what holds for them at each one. */

import { expect, it } from 'vitest';
import { lines } from '../envoy/wire.ts';
import type { GatewayTraits } from './gateway.ts';
import { FORGED, MISLEADING } from './header-tricks.ts';
import { mayLeadTo, PATH_TRICKS } from './path-tricks.ts';
import type { GatewayStage } from './stage.ts';

export function attacks(stage: () => GatewayStage, traits: GatewayTraits): void {
  paths(stage);
  it('a path with dots is judged as it came, or as it was tidied up', async () => {
    const status = await stage().status(lines('GET /maybe/../orders HTTP/1.1', 'Host: orders.example'));
    expect(status).toBe(traits.tidiesPaths ? 401 : 400);
  });
  headers(stage, traits);
}

/** What joe, who is no admin, must never get at. */
const KEPT = ['/admin', '/internal', '/write', '/ops', '/robots'] as const;

function paths(stage: () => GatewayStage): void {
  it.each(PATH_TRICKS)('%s leads nowhere', async (target) => {
    const { cases, status, arrived } = stage();
    const request = (...more: string[]) =>
      lines(`GET ${target} HTTP/1.1`, 'Host: orders.example', 'Connection: close', ...more);
    const anonymous = await status(request());
    for (const { target: got } of arrived()) {
      // Without a token, these alone are open.
      expect([target, got, mayLeadTo(got, '/maybe', '/healthz')]).toEqual([target, got, true]);
      expect([target, got, mayLeadTo(got, ...KEPT)]).toEqual([target, got, false]);
    }
    expect(anonymous).not.toBe(500);
    await status(request(`Authorization: Bearer ${cases.bearer()}`));
    for (const { target: got } of arrived()) {
      expect([target, got, mayLeadTo(got, ...KEPT)]).toEqual([target, got, false]);
    }
  });
}

function headers(stage: () => GatewayStage, { losesNamedHeaders }: GatewayTraits): void {
  it.each(FORGED)('forged %j %j %j reach no app', async (...forged) => {
    const { cases, status, arrived } = stage();
    for (const [target, token] of [
      ['/orders', `Authorization: Bearer ${cases.bearer()}`],
      ['/maybe', 'X-None: 1'],
    ] as const) {
      const answered = await status(
        lines(
          `GET ${target} HTTP/1.1`,
          'Host: orders.example',
          token,
          ...forged.map(([name, value]) => `${name}: ${value}`),
        ),
      );
      for (const got of arrived()) {
        const named = got.headers.map(([name, value]) => `${name}: ${value}`);
        expect(named.filter((text) => /mallory/i.test(text) && !text.startsWith('connection:'))).toEqual([]);
        const isNamed = forged.some(([name]) => name === 'connection');
        if (target === '/orders' && !(isNamed && losesNamedHeaders))
          expect(named).toContain('x-auth-user: joe');
      }
      expect([200, 400, 401, 403, 431]).toContain(answered);
    }
  });

  it.each(MISLEADING)('%j %j %j %j tell of nothing', async (...misleading) => {
    const { status, arrived } = stage();
    for (const line of ['GET /admin', 'POST /healthz', 'GET /']) {
      const answered = await status(
        lines(
          `${line} HTTP/1.1`,
          'Host: orders.example',
          ...misleading.map(([name, value]) => `${name}: ${value}`),
        ),
      );
      expect([line, arrived()]).toEqual([line, []]);
      expect(answered).toBeGreaterThanOrEqual(400);
      expect(answered).not.toBe(500);
    }
  });
}

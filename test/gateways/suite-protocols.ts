/** Offers to go on in another protocol than WebSocket, whose bytes nobody would judge. */

import { expect, it } from 'vitest';
import { lines } from '../envoy/wire.ts';
import type { GatewayTraits } from './gateway.ts';
import type { GatewayStage } from './stage.ts';

export function protocols(stage: () => GatewayStage, { handsOnOffers }: GatewayTraits): void {
  it
    .skipIf(handsOnOffers)
    .each([
      [['Upgrade: h2c']],
      [['Upgrade: H2C']],
      [['Upgrade: TLS/1.0']],
      [['Upgrade: HTTP/2.0']],
      [['Upgrade: h2c, websocket']],
      [['Upgrade: h2c', 'Upgrade: websocket']],
    ])('%j is offered to no app', async (offers) => {
    const { status, arrived } = stage();
    // Open to all: what follows in the other protocol need not be.
    await status(
      lines(
        'GET /healthz HTTP/1.1',
        'Host: orders.example',
        'Connection: Upgrade, HTTP2-Settings',
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
        ...offers,
      ),
    );
    for (const { headers } of arrived())
      expect(
        headers.filter(([name, value]) => name === 'upgrade' && value.toLowerCase() !== 'websocket'),
      ).toEqual([]);
  });
}

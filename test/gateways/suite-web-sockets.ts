/** WebSockets through a gateway. */

import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { lines } from '../envoy/wire.ts';
import type { GatewayStage } from './stage.ts';

export function webSockets(stage: () => GatewayStage): void {
  const upgrade = (...more: string[]) =>
    lines(
      'GET /chat HTTP/1.1',
      'Host: orders.example',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...more,
    );

  it('a WebSocket is opened by a token, and carries bytes both ways', async () => {
    const { app, gateway, cases } = stage();
    const before = app.answer;
    app.answer = (socket, received) => {
      if (received.endsWith('\r\n\r\n')) socket.write(SWITCHING);
      else socket.write(received.slice(received.indexOf('\r\n\r\n') + 4).toUpperCase());
    };
    const socket = connect(gateway.port, '127.0.0.1');
    try {
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.write(upgrade(`Authorization: Bearer ${cases.bearer()}`));
      await expect.poll(() => text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n/);
      socket.write('ping');
      await expect.poll(() => text).toContain('PING');
    } finally {
      socket.destroy();
      app.answer = before;
    }
  });

  it('and by no cookie of another site', async () => {
    const { status, arrived, cases } = stage();
    expect(await status(upgrade())).toBe(401);
    expect(await status(upgrade(`Cookie: session=${cases.bearer()}`, 'Origin: https://evil.example'))).toBe(
      403,
    );
    expect(await status(upgrade(`Cookie: session=${cases.bearer()}`))).toBe(403);
    expect(arrived()).toEqual([]);
  });
}

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

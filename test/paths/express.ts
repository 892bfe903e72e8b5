/** Express, in its usual settings. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Handler } from './ask.ts';
import type { Family } from './server.ts';

const name = 'Express 5';

export const node: Family = {
  names: [name],
  start: async () => {
    const app = express();
    const reach =
      (handler: Handler): express.RequestHandler =>
      (_, response) =>
        void response.type('text/plain').send(`reached:${handler}`);
    app.use('/public', reach('public'));
    app.use('/admin', reach('admin'));
    app.use(reach('other'));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      ports: new Map([[name, (server.address() as AddressInfo).port]]),
      stop: async () => {
        server.closeAllConnections();
        await once(server.close(), 'close');
      },
    };
  },
};

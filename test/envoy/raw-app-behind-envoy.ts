/** An app that shows its bytes behind Envoy, for all tests of a file: each begins with an app that says OK, and is allowed. */

import { afterAll, beforeAll, beforeEach } from 'vitest';
import { ALLOWED, type Between, putBetween } from './between.ts';
import { OK, type RawApp, saying, startRawApp } from './raw-app.ts';

export interface RawAppBehindEnvoy {
  /** From the first test on. */
  app(): RawApp;
  between(): Between;
}

export function rawAppBehindEnvoy(): RawAppBehindEnvoy {
  let world: { readonly app: RawApp; readonly between: Between } | undefined;
  const started = () => {
    if (world === undefined) throw new Error('nothing has been started');
    return world;
  };
  beforeAll(async () => {
    const app = await startRawApp();
    world = { app, between: await putBetween({ appPort: app.port }) };
  });
  afterAll(async () => {
    await world?.between.stop();
    world?.app.stop();
  });
  beforeEach(() => {
    const { app, between } = started();
    app.received.length = 0;
    app.answer = saying(OK);
    between.checks.length = 0;
    between.authorize = (_request, response) =>
      response.writeHead(200, { ...ALLOWED, 'x-auth-user': 'joe' }).end();
  });
  return { app: () => started().app, between: () => started().between };
}

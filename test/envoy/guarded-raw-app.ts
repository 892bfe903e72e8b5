/** For all tests of a file: a guarded app that shows the very bytes of each request that has come to it. */

import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Guarded, startGuarded } from './guarded.ts';
import { OK, type RawApp, saying, startRawApp } from './raw-app.ts';

interface GuardedRawApp extends Pick<Guarded, 'ports'> {
  /** Of the test alone. */
  readonly received: RawApp['received'];
}

/** Before each test the app has received nothing, and answers 200. @param manifests YAML. */
export function guardRawApp(manifests: string): GuardedRawApp {
  let app: RawApp;
  let guarded: Guarded;
  beforeAll(async () => {
    app = await startRawApp();
    guarded = await startGuarded(manifests, app);
  }, 120_000);
  afterAll(async () => {
    await guarded.stop();
    app.stop();
  });
  beforeEach(() => {
    app.received.length = 0;
    app.answer = saying(OK);
  });
  return {
    get ports() {
      return guarded.ports;
    },
    get received() {
      return app.received;
    },
  };
}

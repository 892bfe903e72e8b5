/** What runs in the cluster for the tests: the app that is guarded, and the client that calls it. */

import { readFileSync } from 'node:fs';
import { type AppOptions, startApp } from './app.ts';
import { serveOrders } from './client.ts';
import { signalContainer } from './kill.ts';

const [role, argument, second] = process.argv.slice(2);
switch (role) {
  case 'app':
    startApp({
      port: Number(argument),
      http2Port: second === undefined ? undefined : Number(second),
      version: process.env.APP_VERSION ?? 'v1',
      certificate: certificateIn(process.env.APP_TLS),
    });
    break;
  case 'client':
    void serveOrders();
    break;
  case 'kill':
    signalContainer(argument ?? '', second ?? 'SIGKILL');
    break;
  case 'wait':
    // A pod to run clients in, which ends when it is told to.
    setInterval(() => {}, 2 ** 30);
    process.on('SIGTERM', () => process.exit(0));
    break;
  default:
    process.stderr.write('usage: app PORT [HTTP2-PORT] | client | kill CONTAINER-ID [SIGNAL] | wait\n');
    process.exitCode = 2;
}

/** In a folder as a Secret of type kubernetes.io/tls fills it. */
function certificateIn(folder: string | undefined): AppOptions['certificate'] {
  if (folder === undefined) return undefined;
  return { cert: readFileSync(`${folder}/tls.crt`), key: readFileSync(`${folder}/tls.key`) };
}

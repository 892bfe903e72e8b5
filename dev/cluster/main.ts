#!/usr/bin/node
/**
 * The command of the demo's image, for examples/kubernetes: `demo provider` is the identity provider, `demo api` the
 * API, and `demo ask [--as USER] URL` one request, for the pod of the provider.
 */
import { startDemoApi } from '../api.ts';
import { USERS } from '../users.ts';
import { ask } from './ask.ts';
import { startPodProvider } from './provider.ts';

const USAGE = `usage: demo provider | api | ask [--as ${USERS.map(({ id }) => id).join('|')}] URL`;
const API_PORT = 8080;

async function run([command, ...args]: readonly string[]): Promise<void> {
  switch (command) {
    case 'provider':
      return startPodProvider(process.env);
    case 'api':
      await startDemoApi(API_PORT, '0.0.0.0');
      return;
    case 'ask':
      console.log(await ask(args));
      return;
    default:
      throw new Error(USAGE);
  }
}

process.on('SIGTERM', () => process.exit(0));
run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

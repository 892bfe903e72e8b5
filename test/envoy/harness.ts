/** A real Envoy on free ports, with whatever configuration a test gives it. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { findEnvoy } from '../../tools/envoy.ts';
import { Server, temporaryFolder } from '../support/server.ts';

export interface Envoy {
  /** The port of each listener that has one, by the listener's name; a port 0 in the configuration is resolved. */
  readonly ports: Readonly<Record<string, number>>;
  /** `127.0.0.1:<port>` of Envoy's own administration interface. */
  readonly admin: string;
  /** All that Envoy has written so far, an access log to standard output among it. */
  logs(): string;
  stop(): Promise<void>;
}

interface ListenerStatus {
  readonly name: string;
  readonly local_address: { readonly socket_address?: { readonly port_value: number } };
}

/** Seconds for Envoy to come up, on a machine that may be busy. */
const startLimit = 60;

/** Starts Envoy with a bootstrap, as YAML or as an object, and waits until it serves all its listeners. */
export async function startEnvoy(bootstrap: string | object): Promise<Envoy> {
  const program = await findEnvoy();
  const folder = await temporaryFolder('envoy');
  const config = path.join(folder.path, 'envoy.json');
  const adminAddress = path.join(folder.path, 'admin');
  const parsed: object = typeof bootstrap === 'string' ? parse(bootstrap) : bootstrap;
  await writeFile(config, JSON.stringify({ ...parsed, admin: loopbackAdmin }));

  const server = new Server({
    name: 'envoy',
    program,
    // Without hot restart, several of them can stand side by side.
    args: [
      ...['--config-path', config, '--admin-address-path', adminAddress, '--disable-hot-restart'],
      ...['--concurrency', '1', '--log-level', 'warning', '--drain-time-s', '1'],
      // An access log on standard output would otherwise be held back for ten seconds.
      ...['--file-flush-interval-msec', '20'],
    ],
  });
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  try {
    const admin = await server.until(
      'up',
      startLimit,
      async () => (await readFile(adminAddress, 'utf8')) || undefined,
    );
    await server.until('ready', startLimit, async () => {
      const response = await fetch(`http://${admin}/ready`);
      return (await response.text()).trim() === 'LIVE' ? true : undefined;
    });
    return { ports: await listenerPorts(admin), admin, logs: () => server.logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const loopbackAdmin = { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } };

async function listenerPorts(admin: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`http://${admin}/listeners?format=json`);
  const { listener_statuses: listeners = [] } = (await response.json()) as {
    listener_statuses?: readonly ListenerStatus[];
  };
  const ports: Record<string, number> = {};
  for (const { name, local_address: address } of listeners) {
    if (address.socket_address !== undefined) ports[name] = address.socket_address.port_value;
  }
  return ports;
}

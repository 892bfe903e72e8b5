/** Caddy, with what `portcullis envoy-config --for caddy` prints. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, Server, temporaryFolder } from '../support/server.ts';
import type { GatewayParts, GatewayProgram, RunningGateway } from './gateway.ts';
import { asked, blockOf, printedParts } from './printed.ts';
import { caddyProgram } from './programs.ts';
import { serving } from './serving.ts';

export const caddy: GatewayProgram = {
  name: 'Caddy',
  start: startCaddy,
  traits: {
    unavailable: 502,
    late: 504,
    unavailableProblem: false,
    trueReasonOf503: true,
    refusesItself: {
      request_malformed: 'it answers 400 to a doubled Host',
    },
    tidiesPaths: false,
    hidesUpgrade: false,
    handsOnOffers: false,
    servesMetadata: true,
    losesNamedHeaders: false,
  },
};

async function startCaddy({ app, validator, hosts }: GatewayParts): Promise<RunningGateway> {
  const folder = await temporaryFolder('caddy');
  const [port = 0] = await freePorts(1);
  const parts = await printedParts('caddy', ...asked(validator));
  for (const [n, name] of ['options', 'snippet'].entries()) {
    await writeFile(join(folder.path, `portcullis-${name}.conf`), parts[n] ?? '');
  }
  const file = join(folder.path, 'Caddyfile');
  const page = await blockOf('caddy', 'caddyfile');
  await writeFile(
    file,
    page
      .replace('{\n', '{\n\tadmin off\n\tpersist_config off\n\tdefault_bind 127.0.0.1\n')
      .replace('http://orders.example', hosts.map((host) => `http://${host}:${port}`).join(', '))
      .replace('127.0.0.1:8080', `127.0.0.1:${app}`),
  );
  const process = new Server({
    name: 'caddy',
    program: await caddyProgram(),
    args: ['run', '--config', file, '--adapter', 'caddyfile'],
    env: { XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
  });
  return serving(process, port, () => folder.remove());
}

/** The program envoy-gateway as it runs on a host, without Kubernetes: it reads its objects from a folder. */

import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { mustRun } from '../../../tools/run.ts';
import { freePorts, Server } from '../../support/server.ts';
import { envoyGatewayProgram } from '../programs.ts';
import { CONTROLLER, ENVOY_VERSION } from './objects.ts';

/** Seconds, on a machine that may be busy. */
const startLimit = 120;

export interface Home {
  /** Puts a file of objects in place of the one of that name. Without objects it is empty. */
  apply(name: string, objects: readonly unknown[]): Promise<void>;
  startController(): Server;
  /** What the controller, once it has the objects, would have Envoy started with. */
  proxyArguments(controller: Server): Promise<readonly string[]>;
}

export async function createHome(folder: string): Promise<Home> {
  const place = (...names: readonly string[]): string => path.join(folder, ...names);
  const program = await envoyGatewayProgram();
  await mkdir(place('objects'));
  await mustRun(program, ['certgen', '--local', '--config-home', place('config')]);
  const asked = place('proxy-arguments');
  const standIn = place('data', 'envoy-versions', ENVOY_VERSION, 'bin', 'envoy');
  await mkdir(path.dirname(standIn), { recursive: true });
  await writeFile(standIn, standInFor(asked));
  await chmod(standIn, 0o755);
  const [admin = 0] = await freePorts(1);
  await writeFile(place('controller.yaml'), stringify(configuration(place, admin)));
  return {
    async apply(name, objects) {
      const file = place('objects', `${name}.yaml`);
      await writeFile(place(name), objects.map((object) => stringify(object)).join('---\n'));
      await rename(place(name), file);
    },
    startController: () =>
      new Server({
        name: 'envoy-gateway',
        program,
        args: ['server', '--config-path', place('controller.yaml')],
      }),
    proxyArguments: (controller) =>
      controller.until('starting its proxy', startLimit, async () => {
        const all = (await readFile(asked, 'utf8')).split('\0').slice(0, -1);
        // Behind it stands what is for no Envoy.
        return all.slice(0, all.indexOf('--'));
      }),
  };
}

/**
 * In a cluster the proxy has a pod of its own. Here Envoy Gateway would have it end with itself: so this stands in its
 * place, which writes down the arguments, and the harness starts Envoy with them.
 */
const standInFor = (asked: string): string =>
  [
    '#!/bin/sh',
    `printf '%s\\0' "$@" >'${asked}.new' && mv '${asked}.new' '${asked}'`,
    'exec sleep 2147483647',
    '',
  ].join('\n');

const configuration = (place: (...names: readonly string[]) => string, admin: number): object => ({
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'EnvoyGateway',
  gateway: { controllerName: CONTROLLER },
  provider: {
    type: 'Custom',
    custom: {
      resource: { type: 'File', file: { paths: [place('objects')] } },
      infrastructure: {
        type: 'Host',
        host: {
          configHome: place('config'),
          dataHome: place('data'),
          stateHome: place('state'),
          runtimeDir: place('run'),
        },
      },
    },
  },
  extensionApis: { enableBackend: true },
  admin: { address: { host: '127.0.0.1', port: admin } },
  telemetry: { metrics: { prometheus: { disable: true } } },
});

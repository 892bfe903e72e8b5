/**
 * The ways into an MCP server: through the Envoy of its own pod, and through one at a gateway. Each asks over HTTP, and
 * over gRPC.
 */

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VALIDATOR_CONTAINER } from '../../src/injection/layout.ts';
import { container, guarded, pod } from '../../src/injection/testing/pods.ts';
import { BOOTSTRAP_FILE, ENVOY_SETTINGS, type EnvoySettings } from '../../src/sidecar/settings.ts';
import type { Protocol } from '../envoy/guarded.ts';
import { type Envoy, startEnvoy } from '../envoy/harness.ts';
import { startPlainEnvoy } from '../gateways/envoy.ts';
import { freePorts, temporaryFolder } from '../support/server.ts';
import { startValidator, type Validator, type ValidatorOptions } from '../support/validator.ts';

export const DOORS = [
  'sidecar over http',
  'sidecar over grpc',
  'gateway over http',
  'gateway over grpc',
] as const;
export type Door = (typeof DOORS)[number];

export interface OpenDoors {
  port(door: Door): number;
  /** One for each sidecar, and the gateway's; others once they were restarted. */
  readonly validators: readonly Validator[];
  /** Puts other manifests in force. */
  replace(manifests: string): Promise<void>;
  /** Kills all validators, and starts others in their places. */
  restartValidators(): Promise<void>;
  stop(): Promise<void>;
}

/** The tests' authorization servers are on this machine. */
const FETCHING = ['--allow-insecure-http', '--fetch-deny-cidrs', '169.254.0.0/16'];
const FETCH_LIMIT = 60;

export async function openDoors(app: number, manifests: string): Promise<OpenDoors> {
  await using opening = new AsyncDisposableStack();
  const folder = await temporaryFolder('doors');
  opening.defer(folder.remove);
  let inForce = manifests;

  const guard = async (options: Omit<ValidatorOptions, 'manifests'>) => {
    const start = async (): Promise<Validator> => {
      const validator = await startValidator({
        ...options,
        flags: [...FETCHING, ...(options.flags ?? [])],
        manifests: inForce,
      });
      await hasKeys(validator);
      return validator;
    };
    const one = {
      validator: await start(),
      async restart() {
        one.validator.server.signal('SIGKILL');
        await one.validator.stop();
        one.validator = await start();
      },
    };
    opening.defer(() => one.validator.stop());
    return one;
  };

  const sidecar = async (protocol: Protocol) => {
    const shared = join(folder.path, protocol);
    await mkdir(shared);
    const bootstrap = join(shared, 'envoy.json');
    const asked = `unix:${join(shared, 'validator.sock')}`;
    const guarding = await guard({
      // Injection says the first. A validator without HTTP has its Envoy ask over gRPC.
      flags: protocol === 'http' ? ['--http', asked, '--grpc', 'off'] : ['--http', 'off', '--grpc', asked],
      env: {
        [BOOTSTRAP_FILE]: bootstrap,
        [ENVOY_SETTINGS]: JSON.stringify(await settingsHere(shared, app)),
      },
    });
    return { guarding, envoy: await startEnvoy(await readFile(bootstrap, 'utf8')) };
  };

  const gateway = async () => {
    const [http = 0, grpc = 0] = await freePorts(2);
    const guarding = await guard({ flags: ['--http', `127.0.0.1:${http}`, '--grpc', `127.0.0.1:${grpc}`] });
    const parts = { app, validator: { http, grpc } };
    const envoys = await Promise.all([startPlainEnvoy('http', parts), startPlainEnvoy('grpc', parts)]);
    return { guarding, envoys };
  };

  const [overHttp, overGrpc, atGateway] = await Promise.all([sidecar('http'), sidecar('grpc'), gateway()]);
  const envoys: Readonly<Record<Door, Envoy>> = {
    'sidecar over http': overHttp.envoy,
    'sidecar over grpc': overGrpc.envoy,
    'gateway over http': atGateway.envoys[0],
    'gateway over grpc': atGateway.envoys[1],
  };
  opening.defer(async () => {
    await Promise.all(Object.values(envoys).map((envoy) => envoy.stop()));
  });
  const guards = [overHttp.guarding, overGrpc.guarding, atGateway.guarding];
  const opened = opening.move();
  return {
    port: (door) => envoys[door].ports.guarded_8080 ?? envoys[door].ports.edge ?? 0,
    get validators() {
      return guards.map(({ validator }) => validator);
    },
    async replace(changed) {
      inForce = changed;
      await Promise.all(guards.map(({ validator }) => validator.replace(changed)));
    },
    async restartValidators() {
      await Promise.all(guards.map(({ restart }) => restart()));
    },
    stop: () => opened.disposeAsync(),
  };
}

const hasKeys = (validator: Validator): Promise<true> =>
  validator.server.until('in possession of the keys', FETCH_LIMIT, async () =>
    (await validator.metric('portcullis_key_fetches_total{source="shop/idp",result="success"}')) > 0
      ? true
      : undefined,
  );

/** What injection tells the validator of a pod with port 8080, at ports and in folders of this machine. */
async function settingsHere(folder: string, appPort: number): Promise<EnvoySettings> {
  const { env } = container(guarded(pod()), VALIDATOR_CONTAINER);
  const variables = env as unknown as readonly { readonly name: string; readonly value: string }[];
  const injected = JSON.parse(
    variables.find(({ name }) => name === ENVOY_SETTINGS)?.value ?? '',
  ) as EnvoySettings;
  const [listener = 0, port = 0] = await freePorts(2);
  return {
    ...injected,
    listeners: injected.listeners.map((one) => ({ ...one, listener, appPort })),
    counters: { port, adminSocket: join(folder, 'admin.sock') },
  };
}

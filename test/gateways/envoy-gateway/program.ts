/** Envoy Gateway in front of a validator and an app on this machine, with what `portcullis envoy-config` prints for it. */

import { findEnvoy } from '../../../tools/envoy.ts';
import { send } from '../../envoy/guarded.ts';
import { freePorts, Server, temporaryFolder } from '../../support/server.ts';
import type { GatewayParts, GatewayProgram, RunningGateway } from '../gateway.ts';
import { createHome } from './controller.ts';
import { objects, validators } from './objects.ts';
import { takeTurn } from './turn.ts';

export const envoyGateway: GatewayProgram = {
  name: 'Envoy Gateway',
  start: startEnvoyGateway,
  traits: {
    unavailable: 503,
    late: 503,
    unavailableProblem: false,
    trueReasonOf503: true,
    refusesItself: { request_malformed: 'it has no route for two Hosts, and answers 404' },
    tidiesPaths: true,
    hidesUpgrade: false,
    handsOnOffers: false,
    servesMetadata: true,
    losesNamedHeaders: false,
  },
};

export interface EnvoyGateway extends RunningGateway {
  /** Of the proxy, with its access log. */
  logs(): string;
  /** Puts these in place of those of the same name. */
  apply(name: string, objects: readonly unknown[]): Promise<void>;
  /** The proxy goes on. */
  stopController(): Promise<void>;
  startController(): void;
}

/** Seconds, on a machine that may be busy. */
const startLimit = 120;

export async function startEnvoyGateway({ app, validator, hosts }: GatewayParts): Promise<EnvoyGateway> {
  const giveBack = await takeTurn();
  const folder = await temporaryFolder('envoy-gateway');
  const running: { controller?: Server; proxy?: Server } = {};
  const stop = async (): Promise<void> => {
    await running.proxy?.stop();
    await running.controller?.stop();
    await folder.remove();
    await giveBack();
  };
  try {
    const home = await createHome(folder.path);
    const [port = 0] = await freePorts(1);
    await home.apply('all', await objects({ gateway: port, app }, hosts));
    await home.apply('validators', [validators(validator.grpc)]);
    running.controller = home.startController();
    const proxy = new Server({
      name: 'the proxy of envoy-gateway',
      // Its access log is /dev/stdout, which it can open where that is a pipe, and a socket it is here.
      program: 'sh',
      args: [
        ...['-c', '"$0" "$@" | cat', await findEnvoy(), ...(await home.proxyArguments(running.controller))],
        ...['--disable-hot-restart', '--file-flush-interval-msec', '20'],
      ],
    });
    running.proxy = proxy;
    await proxy.until('serving', startLimit, async () => (await areRouted(port, hosts)) || undefined);
    return {
      port,
      logs: () => proxy.logs,
      apply: home.apply,
      async stopController() {
        await running.controller?.stop();
      },
      startController() {
        running.controller = home.startController();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether somebody else than the gateway answers for each host: 404 is for those that it does not know. */
async function areRouted(port: number, hosts: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(hosts.map((host) => send(port, { headers: [['host', host]] })));
  return answers.every(({ status }) => status !== 404);
}

/** Envoy Gateway with two Gateways that share one proxy: one asks the validator, the other nobody. */

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../../src/base/json.ts';
import { send } from '../envoy/guarded.ts';
import { createHome } from '../gateways/envoy-gateway/controller.ts';
import {
  answeringItself,
  gateway,
  gatewayClass,
  printedGuard,
  route,
  validators,
  withBackends,
} from '../gateways/envoy-gateway/objects.ts';
import { takeTurn } from '../gateways/envoy-gateway/turn.ts';
import { freePorts, type Server } from '../support/server.ts';
import type { Running, RunningValidator, World } from './world.ts';

const GUARDED = 'guarded';
const OPEN = 'open';
/** Of which wrk asks, and the validator's first binding is. */
const HOST = 'h0.example';
/** Seconds, on a machine that may be busy. */
const startLimit = 120;

/** Each is the same process, at the port of its Gateway. */
export interface EnvoyGateways extends AsyncDisposable {
  readonly guarded: Running & { readonly port: number };
  readonly open: Running & { readonly port: number };
}

/** The proxy goes with the world; the controller, which listens where nobody else can, when this is disposed of. */
export async function startEnvoyGateways(world: World, validator: RunningValidator): Promise<EnvoyGateways> {
  const giveBack = await takeTurn();
  let controller: Server | undefined;
  const stop = async (): Promise<void> => {
    await controller?.stop();
    await giveBack();
  };
  try {
    const home = await createHome(await mkdtemp(join(world.folder, 'envoy-gateway-')));
    const [guarded = 0, open = 0] = await freePorts(2);
    await home.apply('all', await objects({ guarded, open, validator: portOf(validator) }));
    controller = home.startController();
    const arguments_ = await home.proxyArguments(controller);
    const { pid } = world.envoy([...arguments_, '--disable-hot-restart']);
    await controller.until('asking', startLimit, () => answersWith(401, guarded));
    await controller.until('open', startLimit, () => answersWith(200, open));
    return { guarded: { pid, port: guarded }, open: { pid, port: open }, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ports {
  readonly guarded: number;
  readonly open: number;
  readonly validator: number;
}

async function objects(ports: Ports): Promise<readonly unknown[]> {
  const { rule, filter } = answeringItself();
  const asksNobody = (one: unknown): boolean => isJsonObject(one) && one.kind !== 'SecurityPolicy';
  const guards = [...(await printedGuard(GUARDED)), ...(await printedGuard(OPEN)).filter(asksNobody)];
  return [
    ...gatewayClass({ mergeGateways: true, logging: { level: { default: 'error' } } }),
    gateway(GUARDED, ports.guarded),
    gateway(OPEN, ports.open),
    route(HOST, [GUARDED, OPEN], rule),
    filter,
    ...guards.map(withBackends),
    validators(ports.validator),
  ];
}

function portOf({ authorizer }: RunningValidator): number {
  if (authorizer.kind !== 'grpc' || 'path' in authorizer.address)
    throw new Error('Envoy Gateway asks over gRPC, at a port');
  return authorizer.address.port;
}

/** Whether that is the answer to a request without a token; undefined = not yet. */
async function answersWith(expected: number, port: number): Promise<true | undefined> {
  const { status } = await send(port, { target: '/orders', headers: [['host', HOST]] });
  return status === expected || undefined;
}

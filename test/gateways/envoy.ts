/** A plain Envoy, with what `portcullis envoy-config --for envoy` prints, which asks over HTTP or over gRPC. */

import { gateway, type Manager, printed, type Resources } from '../envoy/gateway-stage.ts';
import { type Envoy, startEnvoy } from '../envoy/harness.ts';
import type { GatewayParts, GatewayProgram } from './gateway.ts';

export const plainEnvoy = (protocol: 'http' | 'grpc'): GatewayProgram => ({
  name: `Envoy over ${protocol}`,
  async start(parts) {
    const envoy = await startPlainEnvoy(protocol, parts);
    return { port: envoy.ports.edge ?? 0, stop: envoy.stop };
  },
  traits: {
    unavailable: 503,
    late: 503,
    unavailableProblem: true,
    trueReasonOf503: true,
    refusesItself: {},
    tidiesPaths: false,
    hidesUpgrade: false,
    handsOnOffers: false,
    servesMetadata: true,
    losesNamedHeaders: false,
  },
});

export async function startPlainEnvoy(
  protocol: 'http' | 'grpc',
  { app, validator }: Pick<GatewayParts, 'app' | 'validator'>,
): Promise<Envoy> {
  const args = ['--protocol', protocol, '--address', `127.0.0.1:${validator[protocol]}`];
  const [manager, resources] = (await printed('envoy', ...args)) as [Manager, Resources];
  return startEnvoy(gateway(manager, resources, app));
}

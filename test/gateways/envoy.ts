/** A plain Envoy, with what `portcullis envoy-config --for envoy` prints, which asks over HTTP or over gRPC. */

import { gateway, type Manager, printed, type Resources } from '../envoy/gateway-stage.ts';
import { startEnvoy } from '../envoy/harness.ts';
import type { GatewayProgram } from './gateway.ts';

export const plainEnvoy = (protocol: 'http' | 'grpc'): GatewayProgram => ({
  name: `Envoy over ${protocol}`,
  async start({ app, validator }) {
    const args = ['--protocol', protocol, '--address', `127.0.0.1:${validator[protocol]}`];
    const [manager, resources] = (await printed('envoy', ...args)) as [Manager, Resources];
    const envoy = await startEnvoy(gateway(manager, resources, app));
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

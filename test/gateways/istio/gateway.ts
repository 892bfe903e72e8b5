/** Istio as a gateway among others, asked over gRPC or over HTTP. */

import type { GatewayProgram } from '../gateway.ts';
import { startIstio } from './program.ts';

export const istio = (protocol: 'grpc' | 'http'): GatewayProgram => ({
  name: `Istio over ${protocol}`,
  start: (parts) =>
    startIstio(parts, {
      flags: ['--tls', 'off', ...(protocol === 'http' ? ['--protocol', 'http', '--port', '443'] : [])],
    }),
  traits: {
    unavailable: 503,
    late: 503,
    unavailableProblem: false,
    trueReasonOf503: protocol === 'grpc',
    refusesItself: { request_malformed: 'it has no route for two Hosts, and answers 404' },
    tidiesPaths: true,
    hidesUpgrade: false,
    handsOnOffers: false,
    servesMetadata: protocol === 'grpc',
    losesNamedHeaders: false,
  },
});

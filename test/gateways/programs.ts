/** Gateways of others that tests put in front of our validators. Built once from their Go modules. */
import { fromGoModule } from '../../tools/go.ts';
import { istioProgram } from './istio/build.ts';
import { traefikProgram } from './traefik/build.ts';

export const ENVOY_GATEWAY = { module: 'github.com/envoyproxy/gateway', version: 'v1.9.1' } as const;

export const envoyGatewayProgram = (): Promise<string> =>
  fromGoModule(`${ENVOY_GATEWAY.module}/cmd/envoy-gateway`, ENVOY_GATEWAY.version);

export const caddyProgram = (): Promise<string> =>
  fromGoModule('github.com/caddyserver/caddy/v2/cmd/caddy', 'v2.11.9');

if (import.meta.main) {
  const istiod = () => istioProgram('pilot-discovery');
  for (const program of [istiod, envoyGatewayProgram, caddyProgram, traefikProgram])
    console.log(await program());
}

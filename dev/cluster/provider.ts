/**
 * The development identity provider in a pod. It listens by TLS, as providers do, with a certificate that it makes at
 * its start and publishes in a ConfigMap, where `fetch.caBundleFrom` finds it; on loopback it listens without.
 */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createProvider } from '../provider.ts';
import { makeCertificate } from './certificate.ts';
import { publish } from './config-map.ts';

const TLS_PORT = 8443;
/** Of loopback, for `demo ask`. */
export const LOCAL_PORT = 8081;

/** ISSUER is its address as others see it, CA_CONFIG_MAP the name of the ConfigMap. */
export async function startPodProvider(environment: NodeJS.ProcessEnv): Promise<void> {
  const { ISSUER: issuer = '', CA_CONFIG_MAP: configMap = '' } = environment;
  if (!URL.canParse(issuer) || configMap === '') {
    throw new Error('ISSUER must be the address of the provider, CA_CONFIG_MAP the name of a ConfigMap');
  }
  const { cert, key } = await makeCertificate(new URL(issuer).hostname);
  const { handle } = await createProvider(issuer);
  await listen(createServer(handle), LOCAL_PORT, '127.0.0.1');
  await publish(configMap, { 'ca.crt': cert });
  // The last: the readiness probe asks here, and what asks must know the certificate by then.
  await listen(createTlsServer({ cert, key }, handle), TLS_PORT, '0.0.0.0');
  console.log(`the identity provider ${issuer} is up`);
}

function listen(server: Server, port: number, address: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, address, resolve);
  return promise;
}

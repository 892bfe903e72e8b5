/** The harness itself: an Envoy that answers, side by side with another, and one that does not start. */
import { describe, expect, it } from 'vitest';
import { type Envoy, startEnvoy } from './harness.ts';

/** Answers every request by itself. */
const bootstrap = (body: string) => `
static_resources:
  listeners:
  - name: door
    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
    filter_chains:
    - filters:
      - name: http
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: door
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes: [{match: {prefix: /}, direct_response: {status: 418, body: {inline_string: ${body}}}}]
          http_filters:
          - name: router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
`;

async function answer(envoy: Envoy): Promise<readonly [status: number, body: string]> {
  const response = await fetch(`http://127.0.0.1:${envoy.ports.door}/`);
  return [response.status, await response.text()];
}

describe('a real Envoy', () => {
  it('answers on the port it was given, side by side with another', async () => {
    const [first, second] = await Promise.all([startEnvoy(bootstrap('one')), startEnvoy(bootstrap('two'))]);
    try {
      expect(await answer(first)).toEqual([418, 'one']);
      expect(await answer(second)).toEqual([418, 'two']);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
    await expect(answer(first)).rejects.toThrow('fetch failed');
  });

  it('says why it does not start', async () => {
    const broken = { static_resources: { listeners: [{ name: 'door', address: { nonsense: {} } }] } };
    await expect(startEnvoy(broken)).rejects.toThrow(/envoy ended.*nonsense/s);
  });
});

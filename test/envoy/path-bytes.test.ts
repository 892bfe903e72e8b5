// Bytes beyond ASCII in a path, which a client can send over HTTP/2 alone: what is judged is what the app would get.

import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk } from '../support/tokens.ts';
import { CLAIMS } from '../support/verification.ts';
import type { Protocol } from './guarded.ts';
import { guardRawApp } from './guarded-raw-app.ts';

const admin = {
  name: 'admin',
  match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
  authentication: 'Deny',
};

const okta = source('okta', { issuer: CLAIMS.iss, keys: { jwks: { keys: [publicJwk('RS256')] } } });
const shop = binding('shop', {
  sources: [{ name: 'okta' }],
  rules: [admin, { name: 'rest', authentication: 'None' }],
});
const guarded = guardRawApp(yaml([okta, shop]));

async function ask(protocol: Protocol, path: string): Promise<readonly [status: unknown, body: string]> {
  const client = connect(`http://127.0.0.1:${guarded.ports[protocol]}`);
  try {
    const stream = client.request({ ':path': path, ':authority': 'shop.example' });
    const [head] = await once(stream, 'response');
    return [head[':status'], await text(stream)];
  } finally {
    client.destroy();
  }
}

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];

it.each(PROTOCOLS)('are refused over %s, whatever Envoy shows in their place', async (protocol) => {
  for (const path of ['/admin\xa0', '/\xff/../admin', '/a?b=\xfc', '/a?b=\xa0', '/a?\xa0', '/a?b=\xc3\xbc']) {
    const [status, body] = await ask(protocol, path);
    expect([status, guarded.received]).toEqual([400, []]);
    expect(JSON.parse(body).reason).toBe('request_malformed');
  }
  expect(await ask(protocol, '/a!b')).toEqual([200, 'ok']);
});

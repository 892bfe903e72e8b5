// Methods that no parser of Node.js knows: HTTP/2 takes any, and Envoy passes them on.

import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { guardRawApp } from './guarded-raw-app.ts';

const source = `
apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: {name: okta, namespace: shop}
spec: {jwt: {issuer: "https://issuer.example", audiences: [api], keys: {jwks: {keys: []}}}}`;
const binding = (mode: string) => `
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: ${mode.toLowerCase()}, namespace: shop}
spec:
  podSelector: {matchLabels: {app: x}}
  hosts: [${mode.toLowerCase()}.example]
  mode: ${mode}
  sources: [{name: okta}]
  rules:
  - {name: open, match: {methods: [FOO], paths: [{type: Exact, value: /open}]}, authentication: None}`;

const guarded = guardRawApp([source, ...['Enforce', 'Audit', 'Disabled'].map(binding)].join('\n---'));

async function ask(protocol: 'http' | 'grpc', method: string, mode: string, path = '/a') {
  const session = connect(`http://127.0.0.1:${guarded.ports[protocol]}`);
  const stream = session.request({
    ':method': method,
    ':path': path,
    ':authority': `${mode.toLowerCase()}.example`,
    'x-auth-user': 'mallory',
  });
  let body = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  const [headers] = await once(stream.end(), 'response');
  await once(stream, 'end');
  session.close();
  return { status: headers[':status'], reason: body.startsWith('{') ? JSON.parse(body).reason : body };
}

const METHODS = ['FOO', 'MSEARCH', 'DESCRIBE', 'PRI', 'VERSION-CONTROL', 'SOURCE'];

describe.each(['http', 'grpc'] as const)('asked over %s', (protocol) => {
  it.each([...METHODS, 'GET'])(
    '%s is judged in Enforce, and passes in Audit and Disabled',
    async (method) => {
      expect(await ask(protocol, method, 'Enforce')).toEqual({ status: 401, reason: 'token_missing' });
      expect(guarded.received).toEqual([]);
      for (const mode of ['Audit', 'Disabled'])
        expect(await ask(protocol, method, mode)).toEqual({ status: 200, reason: 'ok' });
      expect(guarded.received.map(({ text }) => text.split(' ')[0])).toEqual([method, method]);
      expect(JSON.stringify(guarded.received)).not.toContain('mallory');
    },
  );

  it('a rule that lists one has it, and no other', async () => {
    expect(await ask(protocol, 'FOO', 'Enforce', '/open')).toEqual({ status: 200, reason: 'ok' });
    expect((await ask(protocol, 'BAR', 'Enforce', '/open')).status).toBe(401);
  });

  it.each(['get', 'foo'])(
    '%s, which some apps would take for its capitals, is refused but let pass',
    async (method) => {
      expect(await ask(protocol, method, 'Enforce')).toEqual({ status: 400, reason: 'request_malformed' });
      for (const mode of ['Audit', 'Disabled']) expect((await ask(protocol, method, mode)).status).toBe(200);
    },
  );
});

/** What is printed for gateways that have to be told of headers by name. */

import { describe, expect, it } from 'vitest';
import { printed } from '../testing/envoy-config.ts';
import { runCommand } from '../testing/run.ts';
import { envoyConfigCommand } from './command.ts';

const manifests = (name: string, namespace: string, spec: string): string => `
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  targetRefs: [{kind: HTTPRoute, name: a}]
  sources: [{name: s, namespace: shop}]
  ${spec}
---`;
const SOURCE = `
apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: {name: s, namespace: shop}
spec:
  allowedNamespaces: {from: All}
  jwt: {issuer: "https://id.example", audiences: [api]}
---`;
const PLAIN = manifests('plain', 'shop', '');
const OWN = manifests(
  'own',
  'pay',
  'forward: {user: x-user, roles: "", scopes: "", source: "", claims: [{claim: t, header: x-tenant}], token: Remove}',
);
const CUSTOM = manifests(
  'custom',
  'shop',
  'credentials: [{in: Cookie, name: c, origins: ["https://a.example"]}, {in: Header, name: X-Api-Token}]\n  forward: {token: Remove}',
);

async function said(stdin: string, ...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCommand(envoyConfigCommand, ['--for', ...args, '-f', '-'], { stdin });
  expect({ code, err }).toMatchObject({ code: 0 });
  return out;
}

const USUAL = ['X-Auth-User', 'X-Auth-Roles', 'X-Auth-Scopes', 'X-Auth-Source'];

/** The headers that each kind is told to take from the answer. */
const taken: Readonly<Record<string, (text: string) => readonly string[]>> = {
  nginx: (text) =>
    [...text.matchAll(/^proxy_set_header (\S+) \$portcullis_(\w+);$/gm)]
      .filter(([, name]) => name !== 'Connection' && name !== 'Upgrade')
      .map(([, name = '', variable = '']) => {
        const spelt = name.toLowerCase().replaceAll('-', '_');
        expect(variable).toBe(`h_${spelt}`);
        expect(text).toContain(`auth_request_set $portcullis_${variable} $upstream_http_${spelt};`);
        return name;
      }),
  traefik: (text) => [...text.matchAll(/^ {6}- (\S+)$/gm)].map(([, name = '']) => name),
  caddy: (text) => /^\t\tcopy_headers (.*)$/m.exec(text)?.[1]?.split(' ') ?? [],
};

describe.each(['nginx', 'traefik', 'caddy'])('%s', (kind) => {
  const names = taken[kind] ?? (() => []);

  it('is told of the usual headers, or of those of the bindings', async () => {
    const { out } = await runCommand(envoyConfigCommand, ['--for', kind]);
    expect(names(out)).toEqual(USUAL);
    expect(names(await said(SOURCE + PLAIN, kind))).toEqual(USUAL);
    expect(names(await said(SOURCE + OWN, kind))).toEqual(['X-User', 'X-Tenant', 'Authorization']);
    // All bindings would apply to any host here: none of them is left out for that.
    expect(names(await said(SOURCE + PLAIN + OWN + CUSTOM, kind))).toEqual([
      ...[...USUAL, 'X-User', 'X-Tenant', 'Authorization', 'Cookie', 'X-Api-Token'],
    ]);
  });

  it('asks in its own form, over TLS unless told otherwise', async () => {
    const form = kind === 'nginx' ? '/auth-request' : '/forward-auth';
    const { out } = await runCommand(envoyConfigCommand, ['--for', kind]);
    expect(out).toContain(form);
    expect(out).toContain('https://');
    const plain = await runCommand(envoyConfigCommand, ['--for', kind, '--address', '127.0.0.1:9001']);
    expect(plain.out).not.toMatch(/https:\/\/(portcullis|127)(?!\.dev)/);
    expect(plain.out).not.toContain('ca.crt');
  });

  it.each([
    [['--protocol', 'grpc'], 'asks over HTTP'],
    [['--port', '80'], `--port is not for ${kind}.`],
    [['--gateway', 'a/b'], `--gateway is not for ${kind}.`],
    [['--underscore-headers', 'Drop'], `--underscore-headers is not for ${kind}.`],
    [['--header', 'x-a'], `--header is not for ${kind}.`],
  ])('%j is wrong usage', async (args, problem) => {
    await expect(runCommand(envoyConfigCommand, ['--for', kind, ...args])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(problem),
    });
  });

  it.each([
    ['a binding that breaks the schema', `${PLAIN}${manifests('b', 'shop', 'forward: {user: auth-user}')}`],
    ['a file that cannot be read', `${PLAIN}\n{`],
    ['no binding', SOURCE],
  ])('%s is an error, for its headers would be the client’s', async (_, stdin) => {
    const ended = await runCommand(envoyConfigCommand, ['--for', kind, '-f', '-'], { stdin });
    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nothing is printed') });
  });
});

describe('gateway-api', () => {
  it('over gRPC it is the filter alone, what encrypts it, and a grant', async () => {
    const [filters, tls, grant, ...more] = await printed('gateway-api');
    expect(more).toEqual([]);
    expect(filters).toEqual({
      filters: [
        {
          type: 'ExternalAuth',
          externalAuth: {
            protocol: 'GRPC',
            backendRef: {
              group: '',
              kind: 'Service',
              name: 'portcullis-gateway',
              namespace: 'portcullis-system',
              port: 9002,
            },
            grpc: {},
          },
        },
      ],
    });
    expect([tls, grant]).toMatchObject([{ kind: 'BackendTLSPolicy' }, { kind: 'ReferenceGrant' }]);
    expect(await printed('gateway-api', '--tls', 'off')).toEqual([filters, grant]);
  });

  it('over HTTP it takes no header from the answer but those that are forwarded', async () => {
    const out = await said(SOURCE + OWN + PLAIN, 'gateway-api', '--protocol', 'http', '--tls', 'off');
    expect(out).toContain('path: /envoy\n');
    expect(out).toMatch(/allowedResponseHeaders:\n( +- (x-[a-z-]+|authorization)\n)+---/);
    expect(out).not.toContain('content-type');
    expect(out.match(/namespace: (pay|shop)\n/g)).toEqual(['namespace: pay\n', 'namespace: shop\n']);
  });
});

// What `portcullis envoy-config` prints as objects of Istio, Envoy Gateway and the Gateway API, held to their own schemas by
// a real API server.

import { join } from 'node:path';
import { parse, type Root, Type } from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonValue } from '../../src/base/json.ts';
import { mustRun } from '../../tools/run.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';
import { gatewayCrds, meshConfigProto } from './gateway-crds.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

const printed = (...args: string[]): Promise<string> =>
  mustRun(process.execPath, [program, 'envoy-config', '--for', ...args]);

let server: ApiServer;
let mesh: Root;

beforeAll(async () => {
  server = await startApiServer();
  mesh = parse(await meshConfigProto()).root;
  const crds = await gatewayCrds();
  const applied = await server.kubectl(['apply', '--server-side', '-f', '-'], crds);
  expect(applied).toMatchObject({ code: 0 });
  const established = ['wait', '--for=condition=Established', '--timeout=60s', '-f', '-'];
  expect(await server.kubectl(established, crds)).toMatchObject({ code: 0 });
  for (const namespace of ['edge', 'istio-system', 'portcullis-system']) {
    expect(await server.kubectl(['create', 'namespace', namespace])).toMatchObject({ code: 0 });
  }
});
afterAll(() => server?.stop());

/** What the API server says to documents, with unknown fields refused. */
const judged = (documents: string) =>
  server.kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], documents);

/** Members of a value that its message does not have, wherever they stand. */
function unknownMembers(value: JsonValue, type: Type, at: string): readonly string[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const field = type.fields[name];
    if (field === undefined) return [`${at}.${name}`];
    const inner = mesh.lookup(field.type, Type) ?? type.lookup(field.type, [Type]);
    if (!(inner instanceof Type)) return [];
    const items = Array.isArray(member) ? member : [member];
    return items.flatMap((item) => unknownMembers(item, inner, `${at}.${name}`));
  });
}

const meshConfig = (value: unknown): readonly string[] =>
  unknownMembers(value as JsonValue, mesh.lookupType('istio.mesh.v1alpha1.MeshConfig'), 'meshConfig');

describe('Istio', () => {
  it.each([
    [[]],
    [['--gateway', 'edge/public']],
    [['--protocol', 'http', '--port', '8443', '--header', 'x-tenant']],
    [['--tls', 'off']],
  ])('takes what is printed with %j', async (args) => {
    const [config, ...objects] = parseAllDocuments(await printed('istio', ...args));
    expect(objects).toHaveLength(args.includes('off') ? 1 : 2);
    expect(await judged(objects.map(String).join('---\n'))).toMatchObject({ code: 0, stderr: '' });
    expect(meshConfig(config?.toJS())).toEqual([]);
  });

  it('would refuse what it does not know', async () => {
    const [config, policy, rule] = parseAllDocuments(await printed('istio'));
    policy?.setIn(['spec', 'provider', 'nam'], 'x');
    expect(await judged(String(policy))).toMatchObject({ code: 1, stderr: expect.stringContaining('nam') });
    rule?.setIn(['spec', 'trafficPolicy', 'tls', 'mode'], 'SINGLE');
    expect(await judged(String(rule))).toMatchObject({ code: 1, stderr: expect.stringContaining('SINGLE') });
    config?.setIn(['extensionProviders', 0, 'envoyExtAuthzGrpc', 'failClosed'], true);
    expect(meshConfig(config?.toJS())).toEqual([
      'meshConfig.extensionProviders.envoyExtAuthzGrpc.failClosed',
    ]);
  });
});

describe('Envoy Gateway', () => {
  it.each([
    [['--gateway', 'edge/public']],
    [['--gateway', 'portcullis-system/public']],
    [['--gateway', 'edge/public', '--address', 'validators.edge.svc.cluster.local:9100']],
    [['--gateway', 'edge/public', '--tls', 'off']],
    [['--gateway', 'edge/public', '--underscore-headers', 'Allow']],
  ])('takes what is printed with %j', async (args) => {
    expect(await judged(await printed('envoy-gateway', ...args))).toMatchObject({ code: 0, stderr: '' });
  });

  it('would refuse what it does not know', async () => {
    const text = await printed('envoy-gateway', '--gateway', 'edge/public');
    expect(await judged(text.replace('failOpen', 'failOpenly'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('failOpenly'),
    });
    expect(await judged(text.replace('caCertificateRefs', 'caCertificates'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('caCertificates'),
    });
  });
});

describe("the Gateway API's filter", () => {
  /** The filter in the rule of a route, and the other documents. */
  const routed = async (...args: string[]): Promise<string> => {
    const [filter, ...objects] = parseAllDocuments(await printed('gateway-api', ...args));
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'orders', namespace: 'edge' },
      spec: { rules: [filter?.toJS()] },
    };
    return [JSON.stringify(route), ...objects.map(String)].join('\n---\n');
  };

  it.each([[[]], [['--tls', 'off']], [['--protocol', 'http']]])(
    'takes what is printed with %j',
    async (args) => {
      expect(await judged(await routed(...args))).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('would refuse what it does not know', async () => {
    const text = (await routed('--protocol', 'http')).replace('allowedResponseHeaders', 'allowedResponses');
    expect(await judged(text)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('allowedResponses'),
    });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { envoyBootstrap } from '../src/sidecar/bootstrap.ts';
import { run } from '../tools/run.ts';

interface Fetch {
  readonly caBundleFrom?: { readonly configMapKeyRef?: { readonly name: string } };
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec: {
    readonly displayName?: string;
    readonly jwt?: { readonly issuer: string; readonly fetch?: Fetch };
  };
}

/** All objects of a folder of examples, in the order in which kubectl applies them. */
function manifests(folder: string): readonly Manifest[] {
  const path = join(import.meta.dirname, '..', 'examples', folder);
  const names = readdirSync(path).sort();
  return names.flatMap((name) =>
    parseAllDocuments(readFileSync(join(path, name), 'utf8'), { strict: true }).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
}

function only(folder: string, kind: string): Manifest {
  const found = manifests(folder).filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Manifest;
}

it('quickstart and kubernetes have the same binding', () => {
  expect(only('kubernetes', 'ApiBinding')).toEqual(only('quickstart', 'ApiBinding'));
});

it('quickstart and kubernetes have the same source but for the provider', () => {
  const neutral = ({ spec, ...rest }: Manifest): unknown => ({
    ...rest,
    spec: { ...spec, displayName: '', jwt: { ...spec.jwt, issuer: '', fetch: {} } },
  });
  const [local, cluster] = [
    only('quickstart', 'AuthenticationSource'),
    only('kubernetes', 'AuthenticationSource'),
  ];
  expect(neutral(cluster)).toEqual(neutral(local));
  expect(local.spec.jwt?.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(cluster.spec.jwt?.issuer).toMatch(/^https:/);
});

it('in the cluster, the provider of the example is the one that the source names', () => {
  const provider = readFileSync(
    join(import.meta.dirname, '../examples/kubernetes/01-identity-provider.yaml'),
    'utf8',
  );
  const { issuer, fetch } = only('kubernetes', 'AuthenticationSource').spec.jwt ?? {};
  expect(provider).toContain(`{name: ISSUER, value: ${issuer}}`);
  const { name } = fetch?.caBundleFrom?.configMapKeyRef ?? {};
  expect(provider).toContain(`{name: CA_CONFIG_MAP, value: ${name}}`);
  expect(only('kubernetes', 'ConfigMap').metadata.name).toBe(name);
});

it('in the cluster, all stand in the one namespace that gets guards', () => {
  const namespace = only('kubernetes', 'Namespace');
  expect(namespace.metadata.labels).toEqual({ 'portcullis.dev/injection': 'enabled' });
  const others = manifests('kubernetes').filter(({ kind }) => kind !== 'Namespace');
  expect(others.map(({ metadata }) => metadata.namespace)).toEqual(others.map(() => namespace.metadata.name));
  expect(others.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)).toEqual([
    'identity-provider',
    'orders',
  ]);
});

it('in the cluster, one kubectl apply of the folder is enough, and no pod of the API comes before its binding', () => {
  const names = manifests('kubernetes').map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(names[0]).toBe('Namespace shop');
  // Each after what it names, so that admission warns of nothing that is missing.
  expect(names.slice(-4)).toEqual([
    'Service orders',
    'AuthenticationSource demo',
    'ApiBinding orders',
    'Deployment orders',
  ]);
});

it('the Envoy to copy is the one that is generated', () => {
  const example = readFileSync(join(import.meta.dirname, '..', 'examples', 'envoy', 'envoy.yaml'), 'utf8');
  expect(parse(example)).toEqual(
    envoyBootstrap({
      listeners: [
        {
          port: 8080,
          listen: { address: '0.0.0.0', port: 8080 },
          app: { address: '127.0.0.1', port: 3000 },
          protocol: 'HTTP',
        },
      ],
      authorizer: { kind: 'tcp', address: '127.0.0.1', port: 9001 },
      admin: 'off',
      maxHeapBytes: 256 * 1024 * 1024,
    }),
  );
});

it.each([
  ['quickstart', 10],
  ['mcp', 10],
])('%s passes its own tests', async (name, tests) => {
  const folder = join(import.meta.dirname, '..', 'examples');
  const program = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
  const { code, stdout } = await run(process.execPath, [
    ...[program, 'test', '-f', join(folder, name)],
    join(folder, `${name}-tests.yaml`),
  ]);
  expect(stdout).toBe(`${tests} passed, 0 failed\n`);
  expect(code).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { UsageError } from '../process/start-error.ts';
import { injectCommand } from './inject.ts';
import { documentsOf, fileWith, folderWith, runCommand } from './testing/run.ts';

const binding = (name: string, spec: object = {}) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'ApiBinding',
  metadata: { name, namespace: 'shop' },
  spec: { targetRefs: [{ kind: 'Service', name }], sources: [{ name: 'okta' }], ...spec },
});
const service = (name: string, targetPort: number | string = 'http') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort }] },
});
const template = (app: string, labels: object = {}, spec: object = {}) => ({
  metadata: { labels: { app, ...labels } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'shop/web',
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
      },
    ],
    ...spec,
  },
});
const workload = (kind: string, name: string, ...rest: [labels?: object, spec?: object]) => ({
  apiVersion: kind.endsWith('Job') ? 'batch/v1' : kind === 'ReplicationController' ? 'v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'shop' },
  spec:
    kind === 'CronJob'
      ? { jobTemplate: { spec: { template: template(name, ...rest) } } }
      : { template: template(name, ...rest) },
});
const deployment = (name: string, ...rest: [labels?: object, spec?: object]) => {
  const { spec, ...others } = workload('Deployment', name, ...rest);
  return { ...others, spec: { selector: { matchLabels: { app: name } }, ...spec } };
};
const bare = (name: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...template(name, labels),
  metadata: { name, namespace: 'shop', labels: { app: name, ...labels } },
});
const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', items });
const asked = { 'portcullis.dev/inject': 'true' };

const yaml = (...documents: object[]) => documents.map((document) => stringify(document)).join('---\n');
const run = (...documents: object[]) => runCommand(injectCommand, ['-f', fileWith(yaml(...documents))]);
const sidecars = (out: string) =>
  [...out.matchAll(/name: (portcullis-(?:capture|validator|envoy))\n/g)].map(([, name]) => name);
const keysIn = (out: string) =>
  [...out.matchAll(/name: (?:x-portcullis-hook|PORTCULLIS_HOOK_KEY)\n *value: (\S+)/g)].map(([, key]) => key);
const ALL = ['portcullis-capture', 'portcullis-validator', 'portcullis-envoy'];

describe('portcullis inject', () => {
  it('puts sidecars where a binding targets, and prints the rest as it was', async () => {
    const others = [binding('orders'), service('orders'), deployment('other')];
    const { code, out, err } = await run(...others, deployment('orders'));
    expect({ code, err }).toEqual({ code: 0, err: 'sidecars in 1 of 2 workloads\n' });
    const documents = documentsOf(out);
    expect(documents.slice(0, 3)).toEqual(others);
    expect(documents[3]).toMatchObject({
      kind: 'Deployment',
      spec: {
        template: {
          metadata: { labels: { 'portcullis.dev/injected': expect.any(String) } },
          spec: {
            initContainers: ALL.map((name) => ({ name })),
            containers: [{ readinessProbe: { httpGet: { path: '/probe/web/readiness', port: 15_904 } } }],
          },
        },
      },
    });
  });

  it.each([
    'Deployment',
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'CronJob',
    'ReplicationController',
  ])('knows where the pods of a %s stand', async (kind) => {
    const { code, out } = await run(workload(kind, 'orders', asked));
    expect(code).toBe(0);
    expect(sidecars(out)).toEqual(ALL);
  });

  it('takes Pods, and looks into Lists', async () => {
    const { out, err } = await run(list(bare('a', asked), list(bare('b', asked), bare('c'))));
    expect(sidecars(out)).toEqual([...ALL, ...ALL]);
    expect(err).toBe('sidecars in 2 of 3 workloads\n');
    expect(documentsOf(out)).toMatchObject([{ kind: 'List', items: [{ kind: 'Pod' }, { kind: 'List' }] }]);
  });

  it('leaves alone what is no workload, or is not asked for', async () => {
    const job = { ...workload('Job', 'orders'), apiVersion: 'batch.volcano.sh/v1alpha1' };
    const page = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: asked }, data: {} };
    expect(documentsOf((await run(job, page)).out)).toEqual([job, page]);
  });

  it('prints the same for its own output', async () => {
    const first = await run(binding('orders'), service('orders'), deployment('orders'));
    expect(await runCommand(injectCommand, ['-f', '-'], { stdin: first.out })).toEqual(first);
  });

  it('finds binding and workload in different files of a folder', async () => {
    const folder = folderWith({
      'a.yaml': yaml(deployment('orders'), service('orders')),
      'b.yaml': yaml(binding('orders')),
    });
    const { out } = await runCommand(injectCommand, ['-f', folder]);
    expect(sidecars(out)).toEqual(ALL);
  });

  it.each([
    ['a Deployment', binding('orders', { targetRefs: [{ kind: 'Deployment', name: 'orders' }] })],
    ['labels', { ...binding('orders', { podSelector: { matchLabels: { app: 'orders' } } }) }],
  ])('goes by %s, too', async (_, written) => {
    const { targetRefs, ...spec } = written.spec;
    const chosen =
      'podSelector' in spec ? { ...written, spec } : { ...written, spec: { ...spec, targetRefs } };
    expect(sidecars((await run(chosen, deployment('orders'))).out)).toEqual(ALL);
  });

  it('takes images and addresses from its options', async () => {
    const { out } = await runCommand(injectCommand, [
      ...[
        '-f',
        fileWith(yaml(bare('orders', asked))),
        '--image',
        'r.example/p:1',
        '--envoy-image',
        'r.example/e:2',
      ],
      ...['--control-plane', 'https://cp.example', '--image-pull-secret', 'pull'],
    ]);
    expect(out).toContain('image: "r.example/p:1"');
    expect(out).toContain('image: "r.example/e:2"');
    expect(out).toContain('"--control-plane=https://cp.example"');
    expect(documentsOf(out)).toMatchObject([{ spec: { imagePullSecrets: [{ name: 'pull' }] } }]);
  });

  it('heeds what the Namespace says', async () => {
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', annotations: { 'portcullis.dev/capture': 'NamedPort' } },
    };
    const { out } = await run(namespace, binding('orders'), service('orders'), deployment('orders'));
    expect(sidecars(out)).toEqual(ALL.slice(1));
  });
});

describe('portcullis inject prints nothing', () => {
  const refused: readonly (readonly [string, readonly object[], RegExp])[] = [
    [
      'where a workload cannot be guarded',
      [deployment('good', asked), deployment('orders', asked, { hostNetwork: true })],
      /^error: \S+one\.yaml:\d+: Deployment shop\/orders: it uses the network of its node .*\(HostNetwork\)\n/,
    ],
    [
      'where a Service is targeted by number, past Envoy',
      [
        binding('orders'),
        service('orders', 8080),
        {
          ...bare('orders'),
          metadata: {
            name: 'orders',
            namespace: 'shop',
            labels: { app: 'orders' },
            annotations: { 'portcullis.dev/capture': 'NamedPort' },
          },
        },
      ],
      /\(NumericTargetPort\)/,
    ],
    [
      'where a manifest is wrong',
      [binding('orders', { mode: 'Off' }), deployment('a')],
      /spec\.mode.*\(Invalid\)/,
    ],
    [
      'where it is not known whom a binding means',
      [binding('orders'), deployment('orders')],
      /there is no Service shop\/orders, .* means Deployment shop\/orders; create it, .*\(TargetNotFound\)/,
    ],
  ];

  it.each(refused)('%s', async (_, documents, message) => {
    const { code, out, err } = await run(...documents);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/nothing is printed, so that nothing is applied without its guard\n$/);
  });

  it('for what cannot be read', async () => {
    const { code, out, err } = await runCommand(injectCommand, ['-f', fileWith('a: &a 1\n')]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/one\.yaml:1:7: a: anchors/);
  });

  it.each([
    [[], /-f PATH is missing/],
    [['-f', '/nowhere/x.yaml'], /does not exist/],
    [['-f', '-', '--control-plane', 'http://cp.example'], /--control-plane must be https/],
    [['-f', '-', '--nothing'], /--nothing/],
  ] as const)('when it is called wrongly: %j', async (args, message) => {
    const called = runCommand(injectCommand, args, { stdin: 'a: 1' });
    await expect(called).rejects.toBeInstanceOf(UsageError);
    await expect(called).rejects.toThrow(message);
  });
});

describe('a binding whose target is not there', () => {
  it.each([
    ['no workload of its namespace is open', [deployment('orders', asked)]],
    ['the others have opted out', [deployment('orders', { 'portcullis.dev/inject': 'false' })]],
    ['there is no workload', []],
  ])('is only warned of where %s', async (_, workloads) => {
    const { code, err } = await run(binding('orders'), ...workloads);
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: ApiBinding shop\/orders: there is no Service shop\/orders; /);
  });

  it('gives hooks a key that is the same each time, and another for another manifest', async () => {
    const hooked = { lifecycle: { preStop: { httpGet: { port: 8080 } } } };
    const render = async (image: string) => {
      const spec = { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }], ...hooked }] };
      return (await run(binding('orders'), service('orders', 8080), deployment('orders', {}, spec))).out;
    };
    const first = await render('a');
    expect(first).toContain('x-portcullis-hook');
    expect(await render('a')).toBe(first);
    expect(keysIn(await render('b'))).not.toEqual(keysIn(first));
    expect(new Set(keysIn(first)).size).toBe(1);
  });
});

/** The chart's life in a real API server: installed, upgraded, rolled back, tested, uninstalled, and installed again. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { freePorts, type Server, temporaryFolder } from '../support/server.ts';
import { helmTest } from './helm-test.ts';
import { type Installed, installed, namespace } from './installed.ts';
import { earlierChart, everything, identity } from './lifecycle.ts';
import { at, CHART, HOME, helm } from './render.ts';
import * as tenants from './tenants.ts';

const SOON = { timeout: 45_000, interval: 100 };
const DEPLOYMENT = ['-n', HOME, 'get', 'deployment/portcullis-operator', '-o'];
const VALUES = {
  secretAccess: { namespaces: ['shop'] },
  gateways: [{ gateway: 'edge/public' }, { gateway: 'edge/internal', name: 'internal', namespace: 'edge' }],
  dashboard: { enabled: true },
  // No Job runs where there is no node.
  uninstall: { whileGuarded: 'Allow' },
};

let world: Installed;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let operator: Server;
let before: ReadonlySet<string>;

beforeAll(async () => {
  folder = await temporaryFolder('lifecycle');
  world = await installed([
    namespace('shop', { 'portcullis.dev/injection': 'enabled' }),
    namespace('edge', { 'portcullis.dev/injection': 'enabled' }),
  ]);
  before = await everything(world);
});
afterAll(async () => {
  await world?.stop();
  await folder?.remove();
});

const added = async (): Promise<readonly string[]> =>
  [...(await everything(world))].filter((id) => !before.has(id)).toSorted();

async function must(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await helm(args, stdin, world.server.kubeconfig);
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const ready = () =>
  world.kubectl(['-n', 'shop', 'wait', '--for=condition=Ready', '--timeout=45s', 'authsource/hmac']);

const image = () => world.kubectl([...DEPLOYMENT, 'jsonpath={.spec.template.spec.containers[0].image}']);

it('a namespace that is not there is refused by the name of the value, before anything is installed', async () => {
  const values = JSON.stringify({ secretAccess: { namespaces: ['shop', 'gone'] } });
  const args = ['upgrade', '--install', 'portcullis', CHART, '--namespace', HOME, '--values', '-'];
  const { code, stderr } = await helm(args, values, world.server.kubeconfig);
  expect(code).not.toBe(0);
  expect(stderr).toContain(
    'secretAccess.namespaces names gone, and there is no such namespace: create it (kubectl create namespace gone), or take it out of the list',
  );
  expect(await added()).toEqual([]);
});

describe('an upgrade', () => {
  let held: Readonly<Record<string, string>>;

  it('comes after an earlier version, with a source that is Ready', async () => {
    const args = [
      'upgrade',
      '--install',
      'portcullis',
      await earlierChart(folder.path),
      '--namespace',
      HOME,
      '--values',
      '-',
    ];
    await must(args, JSON.stringify(VALUES));
    operator = await world.startOperator();
    await world.apply(tenants.secret('shop', 'hmac'));
    // By now the API server asks the webhook, which no proxy for Services leads to here.
    await world.kubectl(['delete', 'validatingwebhookconfiguration/portcullis']);
    await world.apply(tenants.hmacSource('shop', 'hmac'));
    await must(args, JSON.stringify(VALUES));
    await ready();
    await vi.waitFor(async () => {
      const { caBundles = '', trusted } = await identity(world);
      expect(caBundles.split(' ').filter((bundle) => bundle.length > 100)).toHaveLength(5);
      expect(trusted).toContain('BEGIN CERTIFICATE');
    }, SOON);
    expect(await image()).toBe('portcullis:0.0.1');
    held = await identity(world);
  });

  it('changes the pods, and nothing that others hold on to', async () => {
    await world.install(VALUES);
    expect(await image()).not.toBe('portcullis:0.0.1');
    expect(await identity(world)).toEqual(held);
    await ready();
  });

  it('can be taken back', async () => {
    await must(['rollback', 'portcullis', '1', '--namespace', HOME]);
    expect(await image()).toBe('portcullis:0.0.1');
    expect(await identity(world)).toEqual(held);
    await world.install(VALUES);
  });
});

describe('helm test', () => {
  it('passes with an operator that answers', async () => {
    const { code, stdout, stderr } = await helmTest(world, folder.path);
    expect([code, stdout.trim().split('\n'), stderr]).toEqual([
      0,
      [
        'ok: the webhook lets in a source that is right',
        'ok: the webhook refuses a source that is wrong',
        'ok: the webhook has no path without its key',
        'ok: the leader serves policies, to nobody without a token',
      ],
      '',
    ]);
  });

  it('fails, and says why, where the certificate is not trusted', async () => {
    const { code, stdout } = await helmTest(world, folder.path, {
      NODE_EXTRA_CA_CERTS: '/dev/null',
      TRIES: '1',
    });
    expect([code, stdout]).toEqual([1, expect.stringContaining('FAILED: the leader serves policies')]);
    expect(stdout).toMatch(/\(.*certificate.*\)/);
  });

  it('fails where nobody answers', async () => {
    const [nobody] = await freePorts(1);
    const { code, stdout } = await helmTest(world, folder.path, {
      WEBHOOK: `https://127.0.0.1:${nobody}`,
      TRIES: '1',
    });
    expect(code).toBe(1);
    expect(stdout).toContain('FAILED: the webhook lets in a source that is right');
    expect(stdout).toContain('ok: the leader serves policies');
  });
});

describe('docs/uninstall.md', () => {
  const page = readFileSync(new URL('../../docs/uninstall.md', import.meta.url), 'utf8');
  /** The first block of commands under this heading. */
  const commands = (heading: string): readonly string[] => {
    const [, section = ''] = page.split(`\n## ${heading}\n`);
    return (/```sh\n(.*?)```/s.exec(section)?.[1] ?? '').trim().split('\n');
  };
  const carryOut = async (heading: string): Promise<void> => {
    for (const line of commands(heading)) {
      const [program, ...args] = line.split(' ');
      await (program === 'kubectl' ? world.kubectl(args) : must(args));
    }
  };
  const OURS = [
    // The API server's own, for the CRDs.
    'APIService/<none>/v1alpha1.portcullis.dev',
    'AuthenticationSource/shop/hmac',
    'CustomResourceDefinition/<none>/apibindings.portcullis.dev',
    'CustomResourceDefinition/<none>/authenticationsources.portcullis.dev',
    'Secret/shop/hmac',
  ];

  it('leaves CRDs and what people have made, and nothing else, while the operator still runs', async () => {
    expect((await added()).length).toBeGreaterThan(30);
    await carryOut('2. The control plane');
    expect(await added()).toEqual(OURS);
  });

  it('leaves an operator that ends in time, and makes nothing anew', async () => {
    operator.signal('SIGTERM');
    expect(await operator.ended()).toBe('ended (exit code 0)');
    expect(await added()).toEqual(OURS);
  });

  it('can be followed by another installation, which finds what was left', async () => {
    await world.install(VALUES);
    operator = await world.startOperator();
    await ready();
    operator.signal('SIGTERM');
    await operator.ended();
    await carryOut('2. The control plane');
    expect(await added()).toEqual(OURS);
  });

  it('leaves nothing at all in the end', async () => {
    await carryOut('3. What you have made');
    await vi.waitFor(async () => expect(await added()).toEqual(['Secret/shop/hmac']), SOON);
  });

  it('has what it says of apps: the label that keeps sidecars away', async () => {
    const [line = '', more = ''] = commands('1. The apps');
    expect(line).toContain('patch deployment orders --type=merge');
    const patch: JsonObject = JSON.parse(/'(.*)'/.exec(more)?.[1] ?? '');
    expect(at(patch, 'spec.template.metadata.labels')).toEqual({ 'portcullis.dev/inject': 'false' });
  });
});

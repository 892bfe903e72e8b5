import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeClock } from '../base/testing/clock.ts';
import { loadConnection, loadUserConnection } from './config.ts';
import { type ApiServerCredentials, rememberCredentials } from './connection.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portcullis-kubeconfig-'));
});

afterAll(() => rm(folder, { recursive: true }));

const CA = Buffer.from('the CA').toString('base64');

function kubeconfig(cluster: object, user: object, context: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { 'certificate-authority-data': CA, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    'current-context': 'x',
  });
}

async function load(text: string, name = 'config') {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return loadConnection({ KUBECONFIG: file }, fakeClock());
}

async function connected(text: string) {
  const loaded = await load(text);
  if (loaded.kind === 'refused') throw new Error(loaded.message);
  return loaded.connection;
}

const HTTPS = { server: 'https://kube.example:6443/' };

describe('a kubeconfig', () => {
  it('says where the API server is, and who we are', async () => {
    const connection = await connected(kubeconfig(HTTPS, { token: 'hunter2' }, { namespace: 'shop' }));
    expect(connection).toMatchObject({ server: 'https://kube.example:6443', namespace: 'shop' });
    expect(connection.proxy).toBeUndefined();
    expect(await connection.credentials()).toEqual({
      headers: { authorization: 'Bearer hunter2' },
      tls: { ca: Buffer.from('the CA') },
    });
  });

  it('may name client certificates, files, a server name and a proxy', async () => {
    await writeFile(path.join(folder, 'key.pem'), 'the key');
    const cluster = { ...HTTPS, 'tls-server-name': 'kubernetes', 'proxy-url': 'http://proxy:3128' };
    const user = { 'client-certificate-data': CA, 'client-key': 'key.pem' };
    const connection = await connected(kubeconfig(cluster, user));
    expect(connection.proxy).toBe('http://proxy:3128');
    expect((await connection.credentials()).tls).toEqual({
      ca: Buffer.from('the CA'),
      cert: Buffer.from('the CA'),
      key: Buffer.from('the key'),
      servername: 'kubernetes',
    });
  });

  it('is one of several: the first that sets something wins', async () => {
    const one = path.join(folder, 'one');
    const other = path.join(folder, 'other');
    await writeFile(one, kubeconfig(HTTPS, { token: 'a' }));
    const names = { users: [], clusters: [], contexts: [], 'current-context': 'another' };
    await writeFile(other, JSON.stringify(names));
    const loaded = await loadConnection({ KUBECONFIG: `${one}:${other}` }, fakeClock());
    expect(loaded).toMatchObject({ kind: 'connection', connection: { server: 'https://kube.example:6443' } });
  });

  it.each<readonly [string, string, string]>([
    ['no YAML', 'users: [{token: hunter2', 'cannot be read as a kubeconfig'],
    ['an empty file', '', 'cannot be read as a kubeconfig'],
    ['no context', kubeconfig(HTTPS, {}).replace('"x"}', '"y"}'), 'context "y" names no cluster'],
    ['no URL', kubeconfig({ server: 'kube' }, {}), 'is no URL'],
    ['plain HTTP', kubeconfig({ server: 'http://kube' }, {}), 'is not https://'],
    ['a SOCKS proxy', kubeconfig({ ...HTTPS, 'proxy-url': 'socks5://p:1' }, {}), 'use an HTTP proxy'],
  ])('is refused in a sentence: %s', async (_, text, sentence) => {
    const loaded = await load(text);
    expect(loaded).toMatchObject({ kind: 'refused', message: expect.stringContaining(sentence) });
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });

  it('tells a credential plugin what kubectl tells it', async () => {
    const plugin = path.join(folder, 'plugin');
    const answer = `{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "'$(echo "$KUBERNETES_EXEC_INFO $OWN" | base64 -w0)'"}}`;
    await writeFile(plugin, `#!/bin/sh\nprintf '%s' '${answer}'\n`, { mode: 0o700 });
    const told = async (more: object) => {
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: plugin,
        env: [{ name: 'OWN', value: 'own' }],
        ...more,
      };
      const { headers } = await (await connected(kubeconfig(HTTPS, { exec }))).credentials();
      const [, token = ''] = (headers.authorization ?? '').split(' ');
      const text = Buffer.from(token, 'base64').toString();
      expect(text).toMatch(/ own\n$/);
      return JSON.parse(text.slice(0, text.lastIndexOf(' '))) as object;
    };
    const base = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
    expect(await told({})).toEqual({ ...base, spec: { interactive: false } });
    expect(await told({ provideClusterInfo: true })).toEqual({
      ...base,
      spec: {
        interactive: false,
        cluster: { server: 'https://kube.example:6443', 'certificate-authority-data': CA },
      },
    });
  });

  it('must be there', async () => {
    expect(await loadConnection({ KUBECONFIG: path.join(folder, 'missing') }, fakeClock())).toMatchObject({
      message: expect.stringMatching(/missing, which cannot be read as a kubeconfig \(ENOENT\)/),
    });
    expect(await loadConnection({}, fakeClock())).toMatchObject({
      message: 'There is no cluster to talk to: set KUBECONFIG to a kubeconfig, or run in a pod.',
    });
  });
});

describe('a pod', () => {
  it('has its service account, whose token is read from its file', async () => {
    const account = path.join(folder, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(account, { recursive: true });
    for (const file of ['token', 'ca.crt', 'namespace'])
      await writeFile(path.join(account, file), `the ${file}\n`);
    const loaded = await loadConnection({ KUBERNETES_SERVICE_HOST: 'fd00::1' }, fakeClock(), folder);
    if (loaded.kind === 'refused') throw new Error(loaded.message);
    expect(loaded.connection).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'the namespace' });
    expect(await loaded.connection.credentials()).toEqual({
      headers: { authorization: 'Bearer the token' },
      tls: { ca: Buffer.from('the ca.crt\n') },
    });
  });
});

describe('credentials', () => {
  const remember = () => {
    const clock = fakeClock();
    const state = { token: 'a', ca: 'ca', reads: 0, broken: false };
    const read = async (): Promise<ApiServerCredentials> => {
      state.reads += 1;
      if (state.broken) throw new Error('no file');
      return { headers: { authorization: state.token }, tls: { ca: state.ca } };
    };
    return { clock, state, ...rememberCredentials(read, clock) };
  };

  it('are read again after ten seconds, or after a 401', async () => {
    const { clock, state, credentials, forget } = remember();
    await Promise.all([credentials(), credentials()]);
    await clock.advance(9999);
    await credentials();
    expect(state.reads).toBe(1);
    await clock.advance(1);
    state.token = 'b';
    expect((await credentials()).headers).toEqual({ authorization: 'b' });
    forget();
    await credentials();
    expect(state.reads).toBe(3);
  });

  it('have the same TLS material as long as it says the same', async () => {
    const { state, credentials, forget } = remember();
    const { tls } = await credentials();
    forget();
    expect((await credentials()).tls).toBe(tls);
    state.ca = 'rotated';
    forget();
    expect((await credentials()).tls).toEqual({ ca: 'rotated' });
  });

  it('are tried again at once where they could not be read', async () => {
    const { state, credentials } = remember();
    state.broken = true;
    await expect(credentials()).rejects.toThrow('no file');
    state.broken = false;
    expect((await credentials()).headers).toEqual({ authorization: 'a' });
  });
});

describe("a user's kubeconfig", () => {
  const user = async (
    { kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string },
    environment: Readonly<Record<string, string>>,
  ) => {
    const loaded = await loadUserConnection({ kubeconfig, context }, environment, fakeClock());
    return loaded.kind === 'refused' ? loaded.message : loaded.connection.server;
  };
  const at = async (name: string, host: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, kubeconfig({ server: `https://${host}` }, {}));
    return file;
  };

  it('is the one that is named, else that of KUBECONFIG, else the one at home', async () => {
    const named = await at('named', 'named');
    const KUBECONFIG = await at('variable', 'variable');
    await at('home/.kube/config', 'home');
    const HOME = path.join(folder, 'home');
    expect(await user({ kubeconfig: named }, { KUBECONFIG, HOME })).toBe('https://named');
    expect(await user({}, { KUBECONFIG, HOME })).toBe('https://variable');
    expect(await user({}, { KUBECONFIG: `/nowhere:${KUBECONFIG}`, HOME })).toBe('https://variable');
    expect(await user({}, { HOME })).toBe('https://home');
    expect(await user({}, { HOME: path.join(folder, 'nobody') })).toContain(
      'name a kubeconfig by --kubeconfig',
    );
  });

  it('is never another than the one that is named', async () => {
    const HOME = path.join(folder, 'home');
    expect(await user({ kubeconfig: '/nowhere' }, { HOME })).toContain(
      '--kubeconfig names /nowhere, which cannot be read',
    );
    expect(await user({}, { KUBECONFIG: '/nowhere', HOME })).toContain('KUBECONFIG names /nowhere');
  });

  it('has the context that is named', async () => {
    const file = path.join(folder, 'contexts');
    const [one, other] = ['one', 'other'].map((name) => ({ name, context: { cluster: name, user: 'u' } }));
    await writeFile(
      file,
      JSON.stringify({
        clusters: ['one', 'other'].map((name) => ({ name, cluster: { server: `https://${name}` } })),
        users: [{ name: 'u', user: {} }],
        contexts: [one, other],
        'current-context': 'one',
      }),
    );
    expect(await user({ kubeconfig: file }, {})).toBe('https://one');
    expect(await user({ kubeconfig: file, context: 'other' }, {})).toBe('https://other');
    expect(await user({ kubeconfig: file, context: 'third' }, {})).toBe(
      'The kubeconfig has no context "third"; it has: one, other.',
    );
    expect(await user({ context: 'other' }, { KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toContain('no cluster');
  });
});

/** The chart's ValidatingAdmissionPolicy: what its rights let the operator's account do, and the policy does not. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Installed, installed, namespace } from './installed.ts';
import { HOME } from './render.ts';

const ACCOUNT = `--as=system:serviceaccount:${HOME}:portcullis-operator`;
const KEY = 'a'.repeat(64);
const REFUSED = "ValidatingAdmissionPolicy 'portcullis-operator'";

let world: Installed;
beforeAll(async () => {
  world = await installed([namespace('shop', { 'portcullis.dev/injection': 'enabled' }), namespace('edge')]);
  await world.install({ gateways: [{ namespace: 'edge', gateway: 'edge/public', tls: true }] });
  // A policy takes a moment to be in force.
  await vi.waitFor(() => expect(create(secret(HOME, 'another'))).resolves.toContain(REFUSED), {
    timeout: 30_000,
    interval: 200,
  });
});
afterAll(() => world?.stop());

/** What the API server says against it, or nothing. */
async function ask(args: readonly string[], object?: JsonObject): Promise<string> {
  const stdin = object && JSON.stringify(object);
  const { code, stderr } = await world.server.kubectl([...args, ACCOUNT, '--dry-run=server'], stdin);
  return code === 0 ? '' : stderr;
}

const create = (object: JsonObject) => ask(['create', '--validate=false', '-f', '-'], object);

const secret = (where: string, name: string, type = 'Opaque'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: where, name, annotations: { 'kubernetes.io/service-account.name': 'default' } },
  type,
  data: { 'tls.crt': '', 'tls.key': '' },
});

it.each([
  ['portcullis-ca', 'Opaque', ''],
  ['portcullis-webhook', 'Opaque', ''],
  ['portcullis-tls', 'kubernetes.io/tls', ''],
  ['another', 'Opaque', REFUSED],
  ['portcullis-ca', 'kubernetes.io/service-account-token', REFUSED],
  ['portcullis-tls', 'kubernetes.io/service-account-token', REFUSED],
])('creates a Secret %s of type %s or not', async (name, type, said) => {
  const answer = await create(secret(HOME, name, type));
  if (said === '') expect(answer).toBe('');
  else expect(answer).toContain(said);
});

const patch = (kind: string, ...operations: readonly JsonObject[]) =>
  ask(['patch', kind, 'portcullis', '--type=json', '-p', JSON.stringify(operations)]);
const at = (index: number, place: string) => `/webhooks/${index}/${place}`;
const add = (path: string, value: JsonObject[string]): JsonObject => ({ op: 'add', path, value });

it.each(['validatingwebhookconfiguration', 'mutatingwebhookconfiguration'])(
  'changes caBundle and path of a %s, and nothing else',
  async (kind) => {
    const path = (key: string) => add(at(0, 'clientConfig/service/path'), `/admission/validate/${key}`);
    const ca = Buffer.from(world.server.ca).toString('base64');
    expect(await patch(kind, add(at(0, 'clientConfig/caBundle'), ca), path(KEY))).toBe('');
    const forbidden: readonly JsonObject[] = [
      path('elsewhere'),
      add(at(0, 'clientConfig/service/path'), '/'),
      add(at(0, 'clientConfig/service/name'), 'another'),
      add(at(0, 'clientConfig/service/namespace'), 'shop'),
      add(at(0, 'clientConfig/service/port'), 1),
      add(at(0, 'rules/0/resources'), ['secrets']),
      add(at(0, 'rules'), []),
      add(at(0, 'failurePolicy'), 'Ignore'),
      add(at(1, 'failurePolicy'), 'Ignore'),
      add(at(0, 'matchPolicy'), 'Exact'),
      add(at(0, 'namespaceSelector'), {}),
      add(at(0, 'objectSelector'), { matchLabels: { never: '' } }),
      add(at(0, 'timeoutSeconds'), 30),
      add(at(0, 'sideEffects'), 'NoneOnDryRun'),
      add(at(0, 'matchConditions'), [{ name: 'never', expression: 'false' }]),
      add(at(0, 'name'), 'x.portcullis.dev'),
      { op: 'remove', path: '/webhooks/0' },
      { op: 'remove', path: '/webhooks' },
      add('/metadata/labels/x', 'y'),
      add('/metadata/annotations', { x: 'y' }),
      add('/metadata/finalizers', ['x/y']),
    ];
    const changing = forbidden.filter(({ path, value }) => !isSame(kind, String(path), value));
    for (const operation of changing) {
      expect([operation, await patch(kind, operation)]).toEqual([
        operation,
        expect.stringContaining(REFUSED),
      ]);
    }
  },
);

/** It has this already: nothing would be changed. */
const isSame = (kind: string, path: string, value: unknown): boolean =>
  (kind.startsWith('v') && path === at(0, 'failurePolicy') && value === 'Ignore') ||
  (kind.startsWith('m') && path === at(0, 'sideEffects') && value === 'NoneOnDryRun');

it('deletes its own ConfigMaps, and no others of its namespace', async () => {
  const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';
  const names = {
    'portcullis-ca': '',
    [`portcullis-keys-${uid}`]: '',
    other: REFUSED,
    'kube-root-ca.crt': REFUSED,
  };
  for (const [name, said] of Object.entries(names)) {
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: HOME, name } };
    await world.apply(made);
    const answers = [await ask(['-n', HOME, 'delete', 'configmap', name])];
    answers.push(await ask(['-n', HOME, 'patch', 'configmap', name, '-p', '{"data":{"a":"b"}}']));
    for (const answer of answers) {
      if (said === '') expect([name, answer]).toEqual([name, '']);
      else expect([name, answer]).toEqual([name, expect.stringContaining(said)]);
    }
  }
});

it('writes the certificate of a gateway, and not as a token of an account', async () => {
  const name = 'portcullis-tls-portcullis-gateway';
  await world.apply(secret('edge', name));
  const change = (data: string) =>
    ask(['-n', 'edge', 'replace', '--validate=false', '-f', '-'], {
      ...secret('edge', name),
      data: { 'tls.crt': data },
    });
  expect(await change('eA==')).toBe('');
});

it('binds nobody but the operator, and can be left out', async () => {
  await world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: HOME, name: 'mine' } });
  await world.kubectl(['-n', HOME, 'delete', 'configmap', 'mine']);
  await world.install({ admissionPolicy: { enabled: false } });
  await vi.waitFor(() => expect(create(secret(HOME, 'another'))).resolves.toBe(''), {
    timeout: 30_000,
    interval: 200,
  });
});

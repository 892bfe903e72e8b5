import { describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { createClient } from '../../kubernetes/client.ts';
import { type FakeAnswer, fakeTransport } from '../../kubernetes/testing/transport.ts';
import { readCluster } from './reading.ts';

const SERVED: Readonly<Record<string, readonly string[]>> = {
  '/apis/gateway.networking.k8s.io/v1': ['httproutes', 'grpcroutes', 'gateways'],
  '/apis/gateway.envoyproxy.io/v1alpha1': ['securitypolicies'],
};
const GATEWAY = '/apis/gateway.networking.k8s.io/v1';
const VALIDATORS = 'app.kubernetes.io/name=portcullis';

const validator = raw('infra/v-1', {
  spec: { containers: [{ name: 'portcullis-validator', args: ['validator', '--gateway=infra/public'] }] },
  status: { phase: 'Running' },
});
const route = raw('shop/web', {
  spec: { rules: [{ backendRefs: [{ name: 'orders', port: 80 }] }] },
  status: {
    parents: [
      {
        parentRef: { namespace: 'infra', name: 'public' },
        controllerName: 'x',
        conditions: [{ type: 'Accepted', status: 'True' }],
      },
    ],
  },
});
const OBJECTS: Readonly<Record<string, readonly JsonObject[]>> = {
  [`${GATEWAY}/namespaces/shop/httproutes`]: [route],
  [`${GATEWAY}/httproutes`]: [route],
  [`${GATEWAY}/namespaces/infra/gateways`]: [raw('infra/public', { spec: { listeners: [] } })],
};
const FORBIDDEN: FakeAnswer = { status: 403, body: { message: 'no' } };

/** @param answer in place of what is there; undefined: that. */
function reading(
  namespace: string | undefined,
  answer: (path: string, query: URLSearchParams) => FakeAnswer | undefined,
) {
  const transport = fakeTransport(({ path: whole }) => {
    const { pathname: path, searchParams: query } = new URL(whole, 'https://x');
    const own = answer(path, query);
    if (own !== undefined) return own;
    if (/^\/apis\/[^/]+\/[^/]+$/.test(path)) {
      const kinds = SERVED[path];
      if (kinds === undefined) return { status: 404, body: {} };
      return { body: { resources: kinds.map((name) => ({ name })) } };
    }
    if (path === '/api/v1/namespaces/shop') return { body: raw('shop') };
    const isOfValidators = query.get('labelSelector')?.startsWith(VALIDATORS) === true;
    return {
      body: {
        metadata: { resourceVersion: '1' },
        items: isOfValidators ? [validator] : [...(OBJECTS[path] ?? [])],
      },
    };
  });
  const client = createClient({ transport, clock: systemClock, fieldManager: 'x', userAgent: 'x' });
  return readCluster(client, namespace, () => {});
}

const textsOf = (changes: Awaited<ReturnType<typeof reading>>['changes']): readonly string[] =>
  changes.flatMap((change) => ('id' in change ? [`${change.kind} ${change.id}`] : []));

describe('of one namespace', () => {
  it('reads the Gateways of its routes elsewhere, and who validates there', async () => {
    const { changes, unread, gatewayPods } = await reading('shop', () => undefined);
    expect(unread).toEqual([]);
    expect(textsOf(changes)).toEqual([
      'Namespace shop',
      'HTTPRoute shop/web',
      'Gateway infra/public',
      'Pod infra/v-1',
      'SharedGateway infra/public',
    ]);
    expect(gatewayPods('infra/public')).toEqual(['infra/v-1']);
    expect(gatewayPods('infra/other')).toEqual([]);
  });

  it('looks for validators in the namespaces of the Gateways alone, where it may not look at all, and says so', async () => {
    const { unread, gatewayPods } = await reading('shop', (path) =>
      path === '/api/v1/pods' ? FORBIDDEN : undefined,
    );
    expect(gatewayPods('infra/public')).toEqual(['infra/v-1']);
    expect(unread).toEqual([
      expect.stringMatching(
        /^cannot list pods in all namespaces: forbidden; .*; validators of gateways were looked for in shop, infra alone$/,
      ),
    ]);
  });

  it('names what it may not read there', async () => {
    const { changes, unread } = await reading('shop', (path) =>
      path.includes('/namespaces/infra/') ? FORBIDDEN : undefined,
    );
    expect(textsOf(changes)).toContain('HTTPRoute shop/web');
    expect(unread).toEqual([
      expect.stringMatching(/^cannot list gateways in namespace infra: forbidden/),
      expect.stringMatching(/^cannot list securitypolicies in namespace infra: forbidden/),
      expect.stringMatching(/^cannot list services in namespace infra: forbidden/),
    ]);
  });
});

it('of all namespaces reads each kind once', async () => {
  const { unread, changes } = await reading(undefined, (path) =>
    path.includes('/namespaces/') ? { status: 500, body: {} } : undefined,
  );
  expect(unread).toEqual([]);
  expect(textsOf(changes)).toContain('HTTPRoute shop/web');
});

it('does not know what nobody says', async () => {
  const { unread } = await reading('shop', (path) =>
    path === GATEWAY ? { status: 500, body: {} } : undefined,
  );
  expect(unread.join()).toContain('cannot see whether there are httproutes: ');
});

it('stops at what is more than anybody looks through', async () => {
  let pages = 0;
  const many = Array.from({ length: 500 }, (_, n) => raw(`shop/s-${n}`, { spec: {} }));
  const { unread } = await reading('shop', (path) => {
    if (path !== '/api/v1/namespaces/shop/services') return undefined;
    pages += 1;
    return { body: { metadata: { resourceVersion: '1', continue: 'x' }, items: many } };
  });
  expect(pages).toBe(201);
  expect(unread).toEqual([
    'cannot list services in namespace shop: there are more than 100000; look at a single namespace (-n)',
  ]);
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { findValidators } from './find-validators.ts';

const pod = (
  id: string,
  status: JsonObject = { phase: 'Running' },
  more: object = {},
  spec: JsonObject = {},
): KubernetesObject => {
  const [namespace = '', name = ''] = id.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid: id, resourceVersion: '1', ...more },
    spec,
    status,
  };
};
const binding = (id: string, targetRef: JsonObject): KubernetesObject =>
  pod(id, {}, {}, { targetRefs: [targetRef] });

const SERVICE = { kind: 'Service', name: 'orders' };
const ROUTE = { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'orders' };
const atGateway = {
  containers: [{ name: 'portcullis-validator', args: ['validator', '--gateway=edge/public'] }],
};

/** An API server with these bindings, injected pods, and validators of gateways; undefined: they may not be listed. */
function find(
  bindings: readonly KubernetesObject[],
  injected: readonly KubernetesObject[],
  gateways: readonly KubernetesObject[] | undefined,
  {
    namespace = 'shop',
    webhooks = [],
    routes = [],
  }: {
    namespace?: string;
    routes?: readonly KubernetesObject[];
    webhooks?: readonly KubernetesObject[] | 'forbidden';
  } = {},
) {
  const asked: string[] = [];
  const list: KubernetesClient['list'] = async ({ plural }, query) => {
    asked.push(`${plural} ${query?.namespace ?? '*'}`);
    const isGateways = query?.labelSelector?.includes('app.kubernetes.io/') ?? false;
    const items =
      plural === 'apibindings'
        ? bindings
        : plural === 'httproutes'
          ? routes
          : plural === 'mutatingwebhookconfigurations'
            ? webhooks
            : isGateways
              ? gateways
              : injected;
    if (items === undefined || items === 'forbidden') return failed('Forbidden', `${plural} is forbidden`);
    return ok({ items: [...items], resourceVersion: '1', continue: undefined });
  };
  return findValidators({ list }, namespace, () => {}).then((found) => ({ ...found, asked }));
}

describe('the validators of a namespace', () => {
  it('are those of its pods that run and stay', async () => {
    const { pods, bindings, unread, asked } = await find(
      [binding('shop/orders', SERVICE)],
      [
        pod('shop/a'),
        pod('shop/starts', { phase: 'Pending' }),
        pod('shop/ended', { phase: 'Succeeded' }),
        pod('shop/goes', { phase: 'Running' }, { deletionTimestamp: '2026-11-29T18:00:00Z' }),
      ],
      undefined,
    );
    expect({ pods, unread }).toEqual({ pods: ['shop/a'], unread: [] });
    expect([...bindings]).toEqual(['shop/orders']);
    // Nobody needs the right to see gateways' validators whose bindings target none of their routes.
    expect(asked).toEqual(['apibindings shop', 'pods shop']);
  });

  it('beside a Gateway are believed of bindings whose routes it has accepted, and of no others', async () => {
    const route = (name: string, ...gateways: readonly string[]) => ({
      ...pod(`shop/${name}`),
      status: {
        parents: gateways.map((gateway) => ({
          parentRef: { namespace: gateway.split('/')[0] ?? '', name: gateway.split('/')[1] ?? '' },
          controllerName: 'example.com/gateways',
          conditions: [{ type: 'Accepted', status: gateway === 'mallory/no' ? 'False' : 'True' }],
        })),
      },
    });
    const claiming = (id: string, gateway: string) =>
      pod(
        id,
        { phase: 'Running' },
        {},
        {
          containers: [{ name: 'portcullis-validator', args: ['validator', `--gateway=${gateway}`] }],
        },
      );
    const { ofGateways, asked } = await find(
      [binding('shop/orders', ROUTE), binding('shop/far', { ...ROUTE, name: 'far' })],
      [],
      [
        claiming('edge/v', 'edge/public'),
        claiming('mallory/v', 'mallory/mine'),
        claiming('mallory/w', 'mallory/no'),
      ],
      { routes: [route('orders', 'edge/public', 'mallory/no'), route('far', 'infra/other')] },
    );
    expect(Object.fromEntries(ofGateways)).toEqual({
      'edge/v': new Set(['shop/orders']),
      'mallory/v': new Set(),
      'mallory/w': new Set(),
    });
    expect(asked).toContain('httproutes shop');
    expect(asked).not.toContain('grpcroutes shop');
  });

  it('with those of gateways where a binding targets a route', async () => {
    const gateway = pod('portcullis-system/gateway-1', { phase: 'Running' }, {}, atGateway);
    const { pods, ofGateways } = await find([binding('shop/orders', ROUTE)], [pod('shop/a')], [gateway]);
    expect(pods).toEqual(['shop/a', 'portcullis-system/gateway-1']);
    expect([...ofGateways]).toEqual([['portcullis-system/gateway-1', 'all']]);
  });

  it.each([
    ['portcullis-system', undefined, true],
    ['edge', undefined, true],
    ['mallory', undefined, false],
    ['security', undefined, false],
    ['security', 'security', true],
    ['portcullis-system', 'security', false],
  ])(
    "a pod of namespace %s is a gateway's, where the webhooks lead to %s: %s",
    async (place, home, believed) => {
      const service = { webhooks: [{ clientConfig: { service: { namespace: home ?? '', name: 'x' } } }] };
      const webhooks = home === undefined ? [] : [{ ...pod('portcullis'), ...service }];
      const gateway = pod(`${place}/v`, { phase: 'Running' }, {}, atGateway);
      const { pods } = await find([binding('shop/orders', ROUTE)], [], [gateway], { webhooks });
      expect(pods).toEqual(believed ? [`${place}/v`] : []);
    },
  );

  it('of gateways, where the webhooks may not be listed, the usual place counts, and that is said', async () => {
    const at = (place: string) => pod(`${place}/v`, { phase: 'Running' }, {}, atGateway);
    const gateways = [at('portcullis-system'), at('security')];
    const bindings = [binding('shop/orders', ROUTE)];
    const { pods, unread } = await find(bindings, [], gateways, { webhooks: 'forbidden' });
    expect(pods).toEqual(['portcullis-system/v']);
    const said = /^cannot list mutatingwebhookconfigurations: forbidden; .* or in portcullis-system$/;
    expect(unread).toEqual([expect.stringMatching(said)]);
  });

  it('what may not be listed is said', async () => {
    const { pods, unread } = await find([binding('shop/orders', ROUTE)], [pod('shop/a')], undefined);
    expect(pods).toEqual(['shop/a']);
    expect(unread).toEqual([expect.stringContaining('cannot list pods in all namespaces: forbidden')]);
  });
});

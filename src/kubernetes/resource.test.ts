import { describe, expect, it } from 'vitest';
import { apiVersionOf, collectionPath, groupPath, objectPath } from './resource.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';

const { ConfigMap: CONFIG_MAPS, HTTPRoute: ROUTES, Node: NODES } = KUBERNETES_RESOURCES;

describe('paths', () => {
  it('of the core group and of others', () => {
    expect(collectionPath(CONFIG_MAPS)).toBe('/api/v1/configmaps');
    expect(collectionPath(CONFIG_MAPS, 'shop')).toBe('/api/v1/namespaces/shop/configmaps');
    expect(objectPath(ROUTES, { namespace: 'shop', name: 'web' }, 'status')).toBe(
      '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/web/status',
    );
    expect(objectPath(NODES, { name: 'one' })).toBe('/api/v1/nodes/one');
    expect(groupPath(ROUTES)).toBe('/apis/gateway.networking.k8s.io/v1');
    expect([apiVersionOf(NODES), apiVersionOf(ROUTES)]).toEqual(['v1', 'gateway.networking.k8s.io/v1']);
  });

  it('lead nowhere but to the object', () => {
    expect(objectPath(NODES, { name: '../secrets?x' })).toBe('/api/v1/nodes/..%2Fsecrets%3Fx');
    expect(() => objectPath(NODES, { name: '..' })).toThrow('names no object');
    expect(() => objectPath(NODES, { name: '' })).toThrow('without a name');
    expect(() => objectPath(CONFIG_MAPS, { name: 'a' })).toThrow('live in namespaces');
    expect(() => objectPath(CONFIG_MAPS, { name: 'a', namespace: '' })).toThrow('live in namespaces');
  });
});

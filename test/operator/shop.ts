/** The objects of a small shop: one Service, its pods, and who guards it. */

import type { JsonObject } from '../../src/base/json.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { withSidecars } from './objects.ts';

export const HOME = 'portcullis-system';
export const SHOP = 'shop';

const api = { apiVersion: 'v1' };
export const BASIS = [
  { ...api, kind: 'Namespace', metadata: { name: HOME } },
  { ...api, kind: 'Namespace', metadata: { name: SHOP, labels: { 'portcullis.dev/injection': 'enabled' } } },
  { ...api, kind: 'ServiceAccount', metadata: { name: 'default', namespace: SHOP } },
  { ...api, kind: 'Node', metadata: { name: 'n' } },
  {
    ...api,
    kind: 'Service',
    metadata: { name: 'orders', namespace: SHOP },
    spec: { selector: { app: 'orders' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  },
];

export function podNamed(name: string): object {
  const container = (of: string): JsonObject => ({ name: of, image: 'example.com/none' });
  const written: JsonObject = {
    ...api,
    kind: 'Pod',
    metadata: { name, namespace: SHOP, labels: { app: 'orders' } },
    spec: {
      nodeName: 'n',
      containers: [{ ...container('app'), ports: [{ name: 'http', containerPort: 8080 }] }],
    },
  };
  return withSidecars(written, VERSION);
}

export const ours = (kind: 'AuthenticationSource' | 'ApiBinding', name: string, spec: object): object => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind,
  metadata: { name, namespace: SHOP },
  spec,
});

/** A source of that issuer. */
export const sourceOf = (issuer: string, more: object = {}): object =>
  ours('AuthenticationSource', 'login', { jwt: { issuer, audiences: ['api'], ...more } });

/** Guards the Service; tests number their changes by the realm. */
export const bindingWith = (realm: string): object =>
  ours('ApiBinding', 'orders', {
    targetRefs: [{ kind: 'Service', name: 'orders' }],
    sources: [{ name: 'login' }],
    realm,
  });

/** What a validator asks of the policy server, with the token of its pod. */
import { request } from 'node:https';
import type { Installed } from './installed.ts';
import { HOME } from './render.ts';

/** As the pod shop/orders-0 of the service account shop/validator, which are made for it. */
export async function askPolicy({ kubectl, apply, ports }: Installed): Promise<{ readonly status: number }> {
  const metadata = { namespace: 'shop', name: 'orders-0', labels: { app: 'orders' } };
  const containers = [{ name: 'orders', image: 'orders', ports: [{ name: 'http', containerPort: 8080 }] }];
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'shop', name: 'validator' } },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { serviceAccountName: 'validator', containers } },
  );
  const bound = ['--bound-object-kind=Pod', '--bound-object-name=orders-0'];
  const token = await kubectl([
    '-n',
    'shop',
    'create',
    'token',
    'validator',
    '--audience=portcullis',
    ...bound,
  ]);
  const jsonpath = 'jsonpath={.data.ca\\.crt}';
  const ca = await kubectl(['-n', HOME, 'get', 'configmap/portcullis-ca', '-o', jsonpath]);
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly status: number }>();
  request(
    {
      host: '127.0.0.1',
      port: ports.policy,
      path: '/v1/policy',
      ca,
      agent: false,
      servername: `portcullis-policy.${HOME}.svc`,
      headers: { authorization: `Bearer ${token.trim()}`, 'portcullis-policy-format': '1' },
    },
    (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    },
  )
    .once('error', reject)
    .end();
  return promise;
}

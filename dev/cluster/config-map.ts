/** Writes to a ConfigMap of the pod's namespace, as the pod's service account. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws with what the API server said where it does not let it. */
export async function publish(name: string, data: Readonly<Record<string, string>>): Promise<void> {
  const [ca, token, namespace] = await Promise.all(
    ['ca.crt', 'token', 'namespace'].map((file) => readFile(path.join(ACCOUNT, file), 'utf8')),
  );
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sent = request(
    `https://kubernetes.default.svc/api/v1/namespaces/${namespace}/configmaps/${name}`,
    {
      method: 'PATCH',
      ca,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' },
    },
    (response) => {
      text(response).then((said) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`ConfigMap ${namespace}/${name}: ${said}`));
      }, reject);
    },
  );
  sent.on('error', reject);
  sent.end(JSON.stringify({ data }));
  return promise;
}

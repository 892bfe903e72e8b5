/** Somebody else's mutating webhook, which is called after ours, and again when ours has changed the pod. */

import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { JsonObject } from '../../src/base/json.ts';
import { createAuthority } from '../../src/issuers/testing/certificates.ts';

export interface OtherWebhook {
  /** Configuration for the pods of one namespace. */
  readonly configuration: JsonObject;
  stop(): Promise<void>;
}

/**
 * @param change the JSON patch for a pod.
 * @param name of its configuration: they are called in the order of their names.
 */
export async function startOtherWebhook(
  namespace: string,
  change: (pod: JsonObject) => readonly JsonObject[],
  name = 'zz-other',
): Promise<OtherWebhook> {
  const authority = await createAuthority('other');
  const server = createServer(await authority.issue(['127.0.0.1']), async (request, response) => {
    const { request: review } = (await json(request)) as {
      readonly request: { readonly uid: string; readonly object: JsonObject };
    };
    const patch = Buffer.from(JSON.stringify(change(review.object))).toString('base64');
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.uid, allowed: true, patchType: 'JSONPatch', patch },
      }),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    configuration: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name: 'other.example.com',
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          reinvocationPolicy: 'IfNeeded',
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        },
      ],
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The ValidatingWebhookConfiguration: when the API server asks, and what it does without an answer. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { GUARDED_PATH, guardedPodWebhook, INJECT_PATH } from '../injection/configuration.ts';
import { FORCE_DELETE, NAMESPACE_CONTROLLER } from './deletion.ts';
import { type ConfigurationOptions, clientConfig, namespaceConditions } from './webhook-parts.ts';

export const ADMISSION_PATH = '/admission/validate';

const PATHS: ReadonlyMap<JsonValue, string> = new Map([
  ['validate.portcullis.dev', ADMISSION_PATH],
  ['protect.portcullis.dev', ADMISSION_PATH],
  ['guarded.portcullis.dev', GUARDED_PATH],
  ['inject-labelled.portcullis.dev', INJECT_PATH],
  ['inject.portcullis.dev', INJECT_PATH],
]);

/** Where the webhook of that name is served, without its key; undefined for one that is not the operator's. */
export const webhookPath = (name: JsonValue): string | undefined => PATHS.get(name);

const TIMEOUT_SECONDS = 5;

export function validatingWebhookConfiguration(options: ConfigurationOptions): JsonObject {
  const { name, labels, namespaces } = options;
  const common = {
    clientConfig: clientConfig(options, ADMISSION_PATH),
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    matchPolicy: 'Equivalent',
    timeoutSeconds: TIMEOUT_SECONDS,
    // Both kinds are our own, so that nothing of the cluster's own waits for us; kube-system is left out all the same,
    // as is good manners. The control plane's own namespace is not: shared sources may well live there.
    namespaceSelector: { matchExpressions: namespaceConditions(namespaces) },
    objectSelector: {},
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name, ...(labels && { labels }) },
    webhooks: [
      {
        name: 'validate.portcullis.dev',
        ...common,
        rules: [ruleFor(['CREATE', 'UPDATE'], ['authenticationsources', 'apibindings'])],
        // Without an answer the object is let in. The API server itself still holds it to the CRD's schema and CEL, and
        // what cannot be compiled is refused again where it counts: validators deny there, and the status says why. Fail
        // would only stop every GitOps sync while the operator restarts.
        failurePolicy: 'Ignore',
      },
      {
        name: 'protect.portcullis.dev',
        ...common,
        rules: [ruleFor(['DELETE'], ['authenticationsources'])],
        // Without an answer the source stays. No other webhook checks whether it is in use, and a deletion takes the APIs that
        // use it down; it can be tried again, or forced. What needs no answer does not wait for one:
        failurePolicy: 'Fail',
        matchConditions: [
          { name: 'not-forced', expression: NOT_FORCED },
          // One that is being deleted already only waits for other people's finalizers.
          { name: 'not-being-deleted', expression: '!has(oldObject.metadata.deletionTimestamp)' },
          // It deletes what is in a terminating namespace, and nothing else.
          {
            name: 'not-with-its-namespace',
            expression: `request.userInfo.username != '${NAMESPACE_CONTROLLER}'`,
          },
        ],
      },
      guardedPodWebhook(options),
    ],
  };
}

const NOT_FORCED =
  `!has(oldObject.metadata.annotations) || !('${FORCE_DELETE}' in oldObject.metadata.annotations) || ` +
  `oldObject.metadata.annotations['${FORCE_DELETE}'] != 'true'`;

function ruleFor(operations: readonly string[], resources: readonly string[]): JsonObject {
  return {
    operations,
    apiGroups: ['portcullis.dev'],
    apiVersions: ['v1alpha1'],
    // No subresources: a status is written by the operator alone.
    resources,
    scope: 'Namespaced',
  };
}

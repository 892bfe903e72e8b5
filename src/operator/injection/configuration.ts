/** When the API server asks about pods: the MutatingWebhookConfiguration, and the look at what came of a pod. */

import type { JsonObject } from '../../base/json.ts';
import { INJECT_LABEL, INJECTION_LABEL, VALIDATOR_CONTAINER } from '../../injection/layout.ts';
import { INJECTING } from '../../injection/namespace.ts';
import {
  type ConfigurationOptions,
  clientConfig,
  NAME_LABEL,
  namespaceConditions,
} from '../admission/webhook-parts.ts';

export const INJECT_PATH = '/admission/inject';
export const GUARDED_PATH = '/admission/guarded';

/** A pod's creation waits for it, several times where others change the pod too. */
const TIMEOUT_SECONDS = 3;

export function mutatingWebhookConfiguration(options: ConfigurationOptions): JsonObject {
  const { name, labels } = options;
  const common = {
    ...forPods(options, INJECT_PATH),
    rules: [podRule(['CREATE'])],
    // Whatever another webhook adds afterwards, such as a container or a probe, is seen too.
    reinvocationPolicy: 'IfNeeded',
  };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, ...(labels && { labels }) },
    webhooks: [
      // Pods that ask for it stand apart, so that it can be seen, and changed, which pods wait for an answer.
      { name: 'inject-labelled.portcullis.dev', ...common, objectSelector: label('In', 'true') },
      { name: 'inject.portcullis.dev', ...common, objectSelector: label('NotIn', 'true', 'false') },
    ],
  };
}

/** Of the ValidatingWebhookConfiguration: called last, when no webhook can change the pod any more. */
export function guardedPodWebhook(options: ConfigurationOptions): JsonObject {
  return {
    name: 'guarded.portcullis.dev',
    ...forPods(options, GUARDED_PATH),
    rules: [podRule(['CREATE', 'UPDATE'])],
    objectSelector: label('NotIn', 'false'),
    // By an update of its labels a pod without sidecars could come to be targeted, and images are all that can be
    // changed of containers that run. Controllers update much else.
    matchConditions: [
      {
        name: 'new-or-other-labels-or-images',
        expression: `request.operation == 'CREATE' || object.metadata.?labels.orValue({}) != oldObject.metadata.?labels.orValue({}) || ${IMAGES('object')} != ${IMAGES('oldObject')}`,
      },
      // A pod that has sidecars may have any labels (see `relabelled` of judge.ts), also while the control plane is away.
      // Of one that had the label "false" it is not known what was changed.
      {
        name: 'not-other-labels-with-sidecars',
        expression: `request.operation == 'CREATE' || !${GUARDED('oldObject')} || ${LABEL('oldObject')} == 'false' || ${IMAGES('object')} != ${IMAGES('oldObject')}`,
      },
    ],
  };
}

function forPods(options: ConfigurationOptions, path: string): JsonObject {
  return {
    clientConfig: clientConfig(options, path),
    admissionReviewVersions: ['v1'],
    // Events and counts, which a dry run leaves out.
    sideEffects: 'NoneOnDryRun',
    matchPolicy: 'Equivalent',
    timeoutSeconds: TIMEOUT_SECONDS,
    // Without an answer the pod waits: it must not start open.
    failurePolicy: 'Fail',
    namespaceSelector: {
      matchExpressions: [
        { key: INJECTION_LABEL, operator: 'In', values: INJECTING },
        ...namespaceConditions(options.namespaces),
        ...notOwn(options),
      ],
    },
  };
}

/** Its own pods must start without it. */
function notOwn({ server }: ConfigurationOptions): readonly JsonObject[] {
  return server.kind === 'service'
    ? [{ key: NAME_LABEL, operator: 'NotIn', values: [server.namespace] }]
    : [];
}

const IMAGES = (of: string): string =>
  `${of}.spec.?initContainers.orValue([]).filter(c, c.name.startsWith('portcullis-')).map(c, c.?image.orValue(''))`;

/** The API server lets containers of a running pod neither come nor go, and takes no other restartPolicy for them. */
const GUARDED = (of: string): string =>
  `${of}.spec.?initContainers.orValue([]).exists(c, c.name == '${VALIDATOR_CONTAINER}' && c.?restartPolicy.orValue('') == 'Always')`;

const LABEL = (of: string): string => `${of}.metadata.?labels['${INJECT_LABEL}'].orValue('')`;

const label = (operator: 'In' | 'NotIn', ...values: readonly string[]): JsonObject => ({
  matchExpressions: [{ key: INJECT_LABEL, operator, values }],
});

const podRule = (operations: readonly string[]): JsonObject => ({
  operations,
  apiGroups: [''],
  apiVersions: ['v1'],
  // No subresources: a status is its kubelet's, and who may debug a pod is inside of it already.
  resources: ['pods'],
  scope: 'Namespaced',
});

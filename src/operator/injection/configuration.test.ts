import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { validatingWebhookConfiguration } from '../admission/configuration.ts';
import type { ConfigurationOptions } from '../admission/webhook-parts.ts';
import { mutatingWebhookConfiguration } from './configuration.ts';

const OPTIONS: ConfigurationOptions = {
  name: 'portcullis',
  server: { kind: 'service', namespace: 'auth', name: 'portcullis-webhook', port: 443 },
};

const podWebhooks = (options = OPTIONS): readonly JsonObject[] =>
  [mutatingWebhookConfiguration(options), validatingWebhookConfiguration(options)]
    .flatMap(({ webhooks }) => objectsAt(webhooks))
    .filter(({ rules }) => JSON.stringify(rules).includes('"pods"'));

describe('every webhook for pods', () => {
  it('keeps a pod waiting as long as there is no answer, and is safe in a dry run', () => {
    expect(podWebhooks()).toHaveLength(3);
    for (const webhook of podWebhooks()) {
      expect(webhook).toMatchObject({
        failurePolicy: 'Fail',
        timeoutSeconds: 3,
        sideEffects: 'NoneOnDryRun',
      });
    }
  });

  it('looks at namespaces with injection alone, never at kube-system and its own', () => {
    for (const { namespaceSelector } of podWebhooks()) {
      expect(namespaceSelector).toEqual({
        matchExpressions: [
          { key: 'portcullis.dev/injection', operator: 'In', values: ['enabled', 'required'] },
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['auth'] },
        ],
      });
    }
  });

  it('looks in namespaced mode at those that are watched', () => {
    for (const { namespaceSelector } of podWebhooks({ ...OPTIONS, namespaces: ['shop'] })) {
      expect(objectAt(namespaceSelector).matchExpressions).toContainEqual({
        key: 'kubernetes.io/metadata.name',
        operator: 'In',
        values: ['shop'],
      });
    }
  });
});

describe('the label of a pod', () => {
  const selectors = () =>
    podWebhooks().map(({ objectSelector }) => objectsAt(objectAt(objectSelector).matchExpressions));

  it('tells which webhook is asked: each pod is sent to one of the first two, and to none of the three with "false"', () => {
    expect(selectors()).toEqual([
      [{ key: 'portcullis.dev/inject', operator: 'In', values: ['true'] }],
      [{ key: 'portcullis.dev/inject', operator: 'NotIn', values: ['true', 'false'] }],
      [{ key: 'portcullis.dev/inject', operator: 'NotIn', values: ['false'] }],
    ]);
  });
});

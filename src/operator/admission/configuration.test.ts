import { describe, expect, it } from 'vitest';
import { objectAt, objectsAt } from '../../base/members.ts';
import { validatingWebhookConfiguration } from './configuration.ts';

const SERVICE = { kind: 'service', namespace: 'portcullis-system', name: 'portcullis', port: 443 } as const;

describe('the webhook configuration', () => {
  it('asks about both kinds, and about deletions of sources', () => {
    const configuration = validatingWebhookConfiguration({ name: 'portcullis', server: SERVICE });
    const common = {
      sideEffects: 'None',
      matchPolicy: 'Equivalent',
      timeoutSeconds: 5,
      admissionReviewVersions: ['v1'],
      clientConfig: {
        service: {
          namespace: 'portcullis-system',
          name: 'portcullis',
          port: 443,
        },
      },
      objectSelector: {},
    };
    expect(configuration).toMatchObject({
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'portcullis' },
      webhooks: [
        {
          ...common,
          name: 'validate.portcullis.dev',
          failurePolicy: 'Ignore',
          rules: [{ operations: ['CREATE', 'UPDATE'], resources: ['authenticationsources', 'apibindings'] }],
        },
        {
          ...common,
          name: 'protect.portcullis.dev',
          failurePolicy: 'Fail',
          rules: [{ operations: ['DELETE'], resources: ['authenticationsources'] }],
        },
        { name: 'guarded.portcullis.dev', rules: [{ resources: ['pods'] }] },
      ],
    });
  });

  it('leaves out kube-system, and in namespaced mode all other namespaces', () => {
    const selectorOf = (namespaces?: readonly string[]) => {
      const options = { name: 'p', server: SERVICE, ...(namespaces && { namespaces }) };
      const [first] = objectsAt(validatingWebhookConfiguration(options).webhooks);
      return objectAt(first?.namespaceSelector).matchExpressions;
    };
    const key = 'kubernetes.io/metadata.name';
    const notSystem = { key, operator: 'NotIn', values: ['kube-system'] };
    expect(selectorOf()).toEqual([notSystem]);
    expect(selectorOf(['shop'])).toEqual([notSystem, { key, operator: 'In', values: ['shop'] }]);
  });

  it('names an authority and labels where they are given', () => {
    const server = { kind: 'url', url: 'https://127.0.0.1:1' } as const;
    expect(
      validatingWebhookConfiguration({ name: 'p', server, ca: 'PEM', labels: { a: 'b' } }),
    ).toMatchObject({
      metadata: { labels: { a: 'b' } },
      webhooks: [
        { clientConfig: { url: 'https://127.0.0.1:1/admission/validate', caBundle: 'UEVN' } },
        { clientConfig: { caBundle: 'UEVN' } },
        { clientConfig: { url: 'https://127.0.0.1:1/admission/guarded', caBundle: 'UEVN' } },
      ],
    });
  });
});

import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { createAuthority } from '../../issuers/testing/certificates.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { validatingWebhookConfiguration } from '../../operator/admission/configuration.ts';
import { mutatingWebhookConfiguration } from '../../operator/injection/configuration.ts';
import type { CheckLine } from './line.ts';
import { checkCertificates, checkWebhooks, type SeenWebhooks } from './webhooks.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z') / 1000;
const HOME = 'portcullis-system';
const object = (rest: JsonObject): KubernetesObject => ({
  metadata: { name: 'x', uid: 'u', resourceVersion: '1' },
  ...rest,
});
const gone = failed('NotFound', 'it is not there');
const forbidden = failed('Forbidden', 'no');
const told = ({ mark, said, remedy = '' }: CheckLine): string => `${mark}: ${said} ${remedy}`;

describe('the webhooks', async () => {
  const ca = (await createAuthority('webhooks')).certificate;
  const options = {
    name: 'portcullis',
    server: { kind: 'service', namespace: HOME, name: 'portcullis-webhook', port: 443 },
    ca,
  } as const;
  const good: SeenWebhooks = {
    validating: ok(object(validatingWebhookConfiguration(options))),
    mutating: ok(object(mutatingWebhookConfiguration(options))),
    reach: failed('NotFound', 'get …: 404 there is no such object, or no such kind'),
  };
  const changed = (
    of: 'validating' | 'mutating',
    change: (webhook: JsonObject) => JsonObject,
  ): SeenWebhooks => {
    const seen = good[of];
    if (seen.kind === 'failed' || !Array.isArray(seen.value.webhooks)) throw new Error('no webhooks');
    return { ...good, [of]: ok(object({ webhooks: (seen.value.webhooks as JsonObject[]).map(change) })) };
  };
  const lines = (seen: SeenWebhooks) => checkWebhooks(seen, 'portcullis', HOME).map(told).join('\n');

  it('are well', () => {
    expect(lines(good)).toBe(
      'well: 5 are in place, each with its failurePolicy \nwell: the API server reaches them ',
    );
  });

  it.each<readonly [string, SeenWebhooks, RegExp]>([
    [
      'let pods start without an answer',
      changed('mutating', (one) => ({ ...one, failurePolicy: 'Ignore' })),
      /bad: failurePolicy: inject-labelled.portcullis.dev has Ignore in place of Fail/,
    ],
    [
      'have lost one',
      changed('validating', (one) => ({ ...one, name: 'other' })),
      /bad: missing: guarded.portcullis.dev/,
    ],
    [
      'have no caBundle',
      changed('mutating', (one) => ({ ...one, clientConfig: {} })),
      /bad: no caBundle in inject-labelled.portcullis.dev, inject/,
    ],
    [
      'are not installed',
      { ...good, validating: gone },
      /^bad: there is no ValidatingWebhookConfiguration portcullis/,
    ],
    ['do not inject', { ...good, mutating: gone }, /^doubtful: there is no MutatingWebhookConfiguration/],
    [
      'are not reached',
      { ...good, reach: failed('ServerError', '503 no endpoints') },
      /bad: the API server does not reach/,
    ],
    [
      'have no Service',
      { ...good, reach: failed('NotFound', 'get …: 404 services "portcullis-webhook" not found') },
      /bad: the API server does not reach/,
    ],
    [
      'were not called',
      { ...good, reach: forbidden },
      /unknown: whether the API server reaches them was not tried/,
    ],
    ['may not be read', { ...good, validating: forbidden }, /^unknown/],
  ])('%s', (_, seen, expected) => {
    expect(lines(seen)).toMatch(expected);
  });

  it.each<readonly [string, number, RegExp]>([
    ['good', 0, /^well: the authority of the webhooks is good until/],
    ['about to end', -10, /^doubtful: the authority of the webhooks ends on .* in 9 days/],
    ['at its end', 1, /^bad: the authority of the webhooks ended on/],
  ])('have an authority that is %s', (_, days, expected) => {
    const end = Date.parse(new X509Certificate(ca).validTo) / 1000;
    const now = days === 0 ? end - 86_400 * 40 : end + days * 86_400 + 60;
    expect(told(checkCertificates(good, now))).toMatch(expected);
  });

  it('have what is no certificate', () => {
    const seen = changed('mutating', (one) => ({ ...one, clientConfig: { caBundle: 'AAAA' } }));
    expect(told(checkCertificates(seen, NOW))).toMatch(/^bad: a caBundle is no PEM/);
    expect(told(checkCertificates({ ...good, validating: gone, mutating: gone }, NOW))).toMatch(/^unknown/);
  });
});

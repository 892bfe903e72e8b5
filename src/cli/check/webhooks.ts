/** Whether the API server asks the webhooks as it should, trusts them, and reaches them; and until when. */

import { X509Certificate } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { validatingWebhookConfiguration } from '../../operator/admission/configuration.ts';
import { mutatingWebhookConfiguration } from '../../operator/injection/configuration.ts';
import { few } from '../../status/texts.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

export interface SeenWebhooks {
  readonly validating: Outcome<KubernetesObject>;
  readonly mutating: Outcome<KubernetesObject>;
  /** What became of a request to the Service, through the API server. */
  readonly reach: Outcome<JsonValue>;
}

export function checkWebhooks(seen: SeenWebhooks, name: string, home: string): readonly CheckLine[] {
  const what = 'Webhooks';
  const { validating, mutating } = seen;
  if (validating.kind === 'failed') {
    if (validating.error.kind !== 'NotFound') {
      return [unseen(what, `get the validatingwebhookconfiguration ${name}`, '', validating.error)];
    }
    return [
      bad(
        what,
        `there is no ValidatingWebhookConfiguration ${name}: nobody looks at manifests and pods`,
        'install the chart anew (render: All)',
      ),
    ];
  }
  if (mutating.kind === 'failed' && mutating.error.kind !== 'NotFound') {
    return [unseen(what, `get the mutatingwebhookconfiguration ${name}`, '', mutating.error)];
  }
  const options = {
    name,
    server: { kind: 'service', namespace: home, name: 'portcullis-webhook', port: 443 },
  } as const;
  const expected = [validatingWebhookConfiguration(options), mutatingWebhookConfiguration(options)];
  const there = [validating, mutating].flatMap((one) =>
    one.kind === 'ok' ? objectsAt(one.value.webhooks) : [],
  );
  return [
    ...settingsLines(what, there, expected, mutating.kind === 'ok'),
    ...trustLines(what, there),
    reachLine(what, seen.reach, home),
  ];
}

function settingsLines(
  what: string,
  there: readonly JsonObject[],
  expected: readonly JsonObject[],
  isInjecting: boolean,
): readonly CheckLine[] {
  const found = new Map(there.map((webhook) => [webhook.name, webhook]));
  const wanted = expected.flatMap(({ webhooks }) => objectsAt(webhooks));
  if (!isInjecting) {
    return [
      doubtful(
        what,
        'there is no MutatingWebhookConfiguration: pods get no sidecars by themselves',
        'install the chart with injection.enabled, or put sidecars in by portcullis inject',
      ),
    ];
  }
  const missing = wanted.filter(({ name }) => !found.has(name));
  if (missing.length > 0) {
    return [bad(what, `missing: ${few(missing.map(({ name }) => String(name)))}`, 'install the chart anew')];
  }
  const lax = wanted.flatMap(({ name, failurePolicy }) => {
    const is = found.get(name)?.failurePolicy;
    return is === failurePolicy
      ? []
      : [`${String(name)} has ${String(is)} in place of ${String(failurePolicy)}`];
  });
  if (lax.length > 0) {
    return [
      bad(
        what,
        `failurePolicy: ${few(lax)}: without an answer pods would start open`,
        'install the chart anew, and see who changes it',
      ),
    ];
  }
  return [well(what, `${wanted.length} are in place, each with its failurePolicy`)];
}

function trustLines(what: string, there: readonly JsonObject[]): readonly CheckLine[] {
  const without = there.filter(({ clientConfig }) => caBundleOf(clientConfig) === '');
  if (without.length === 0) return [];
  const names = few(without.map(({ name }) => String(name)));
  return [
    bad(
      what,
      `no caBundle in ${names}: the API server trusts nobody there`,
      'the leader puts it in: see the lines Operator and Leader',
    ),
  ];
}

const caBundleOf = (clientConfig: JsonValue | undefined): string => {
  const { caBundle } = objectAt(clientConfig);
  return typeof caBundle === 'string' ? caBundle : '';
};

/** Whatever the server answers, the request has reached it: it knows no path without its key. */
function reachLine(what: string, reach: Outcome<JsonValue>, home: string): CheckLine {
  const reached = well(what, 'the API server reaches them');
  if (reach.kind === 'ok') return reached;
  const { kind, message } = reach.error;
  switch (kind) {
    case 'Forbidden':
      return {
        mark: 'unknown',
        what,
        said: `whether the API server reaches them was not tried: that needs the right to get services/proxy in namespace ${home}`,
      };
    case 'NotFound':
      if (!NO_SERVICE.test(message)) return reached;
      break;
    case 'Invalid':
    case 'Unexpected':
      return reached;
    default:
  }
  return bad(
    what,
    `the API server does not reach Service ${home}/portcullis-webhook: ${message}`,
    'see the line Operator, NetworkPolicies there, and the way from the control plane to pods (port 9443)',
  );
}

/** In the API server's own words. */
const NO_SERVICE = /services "[^"]*" not found/;

const DAY = 86_400;
/** Days before the end in which the operator has long been renewing. */
const SOON = 15;

/** Of what the API server trusts. @param now Unix seconds. */
export function checkCertificates({ validating, mutating }: SeenWebhooks, now: number): CheckLine {
  const what = 'Certificates';
  const there = [validating, mutating].flatMap((one) =>
    one.kind === 'ok' ? objectsAt(one.value.webhooks) : [],
  );
  const bundles = new Set(
    there.map(({ clientConfig }) => caBundleOf(clientConfig)).filter((text) => text !== ''),
  );
  if (bundles.size === 0)
    return { mark: 'unknown', what, said: 'no caBundle could be read: see the line Webhooks' };
  const ends = [...bundles].map((bundle) => endOf(bundle));
  const [end] = ends.map((one) => one ?? 0).sort((a, b) => a - b);
  if (ends.includes(undefined) || end === undefined) {
    return bad(
      what,
      'a caBundle is no PEM of certificates',
      'the leader writes it anew: see who else changes it',
    );
  }
  const days = Math.floor((end - now) / DAY);
  const date = new Date(end * 1000).toISOString().slice(0, 10);
  if (end <= now)
    return bad(
      what,
      `the authority of the webhooks ended on ${date}`,
      'see the lines Operator and Leader, and its log: the leader renews it',
    );
  if (days < SOON)
    return doubtful(
      what,
      `the authority of the webhooks ends on ${date}, in ${days} days`,
      'the leader renews it 90 days before: see its log',
    );
  return well(what, `the authority of the webhooks is good until ${date}`);
}

/** The last end of its certificates: one is enough. Undefined where it has none. */
function endOf(bundle: string): number | undefined {
  const pem = Buffer.from(bundle, 'base64').toString('latin1');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const ends = blocks.map((block) => Date.parse(new X509Certificate(block).validTo) / 1000);
    return ends.length === 0 ? undefined : Math.max(...ends);
  } catch {
    return undefined;
  }
}

/** Gives callers what to trust: a ConfigMap for validators, `caBundle` for the API server, with the paths to ask at. Done by the leader. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { CA_CONFIG_MAP } from '../../sidecar/authorities.ts';
import { webhookPath } from '../admission/configuration.ts';
import { RESOURCES } from '../resources.ts';
import { type BundleStep, decideBundle, type SeenBundle, type SeenNamespace } from './bundle.ts';
import { BUNDLE_KEY, OURS } from './names.ts';
import { notLeading, type Writing } from './secrets.ts';

/** One namespace's ConfigMap. Says what was done. */
export async function reconcileBundle(
  writing: Writing,
  namespace: SeenNamespace,
  seen: SeenBundle | undefined,
  bundle: string,
  home: string,
): Promise<Outcome<BundleStep['kind']>> {
  const { client, mayWrite } = writing;
  const name = { namespace: namespace.name, name: CA_CONFIG_MAP };
  const step = decideBundle(namespace, seen, bundle, home);
  if (step.kind === 'keep') return ok(step.kind);
  if (!mayWrite()) return notLeading(`${step.kind} configmaps ${name.namespace}/${name.name}`);

  if (step.kind !== 'apply') {
    // Only as it was seen: by now it may have lost the label.
    const { uid, resourceVersion } = step.seen.metadata;
    const gone = await client.delete(RESOURCES.ConfigMap, name, { uid, resourceVersion });
    if (gone.kind === 'failed' && gone.error.kind !== 'NotFound') return gone;
    if (step.kind === 'remove') return ok(step.kind);
  }
  // Keys and labels that others have put there stay.
  const draft = { metadata: { ...name, labels: OURS }, data: { [BUNDLE_KEY]: bundle } };
  const applied = await client.apply(RESOURCES.ConfigMap, draft);
  return applied.kind === 'ok' ? ok(step.kind) : applied;
}

export type ConfigurationResult =
  /** There is no such configuration, as yet: it is to be looked for again. */
  'absent' | 'keep' | 'written';

/** How the API server reaches the webhooks. */
export interface Reach {
  /** PEM: what it trusts. */
  readonly bundle: string;
  /** The last segment of each path. */
  readonly key: string;
}

/** `caBundle` and path of every webhook in one configuration; nothing else in it is touched. */
export async function reconcileConfiguration(
  { client, mayWrite }: Writing,
  resource: Resource,
  name: string,
  reach: Reach,
): Promise<Outcome<ConfigurationResult>> {
  const answer = await client.get(resource, { name });
  if (answer.kind === 'failed') return answer.error.kind === 'NotFound' ? ok('absent') : answer;
  const patch = reachPatch(answer.value.webhooks, reach);
  if (patch.length === 0) return ok('keep');
  if (!mayWrite()) return notLeading(`patch ${resource.plural} ${name}`);
  const patched = await client.patch(resource, { name }, { type: 'json', patch });
  if (patched.kind === 'ok') return ok('written');
  switch (patched.error.kind) {
    case 'NotFound':
      return ok('absent');
    case 'Invalid':
      // A test that fails looks like this: the webhooks are others by now.
      return failed('Conflict', patched.error.message);
    default:
      return patched;
  }
}

/** Each webhook is tested by its name, for it may stand elsewhere by now. */
function reachPatch(webhooks: JsonValue | undefined, { bundle, key }: Reach): readonly JsonObject[] {
  const caBundle = Buffer.from(bundle).toString('base64');
  const list: readonly JsonValue[] = Array.isArray(webhooks) ? webhooks : [];
  return list.flatMap((webhook, index) => {
    if (!isJsonObject(webhook) || !isJsonObject(webhook.clientConfig)) return [];
    const { name = null, clientConfig } = webhook;
    const path = `/webhooks/${index}`;
    const changes = [
      ...(clientConfig.caBundle === caBundle ? [] : [add(`${path}/clientConfig/caBundle`, caBundle)]),
      ...pathChange(clientConfig, webhookPath(name), key).map(([member, value]) =>
        add(`${path}/clientConfig/${member}`, value),
      ),
    ];
    return changes.length === 0 ? [] : [{ op: 'test', path: `${path}/name`, value: name }, ...changes];
  });
}

/** A webhook that is not the operator's own has no path of its own: what stands there stays. */
function pathChange(
  { service, url }: JsonObject,
  path: string | undefined,
  key: string,
): readonly (readonly [member: string, value: string])[] {
  if (path === undefined) return [];
  const keyed = `${path}/${key}`;
  if (isJsonObject(service)) return service.path === keyed ? [] : [['service/path', keyed]];
  if (typeof url !== 'string' || !URL.canParse(url)) return [];
  const wanted = `${new URL(url).origin}${keyed}`;
  return url === wanted ? [] : [['url', wanted]];
}

const add = (path: string, value: string): JsonObject => ({ op: 'add', path, value });

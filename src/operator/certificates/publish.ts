/** Gives callers what to trust: a ConfigMap for validators, `caBundle` for the API server. Done by the leader. */

import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../matching/json.ts';
import { type BundleStep, decideBundle, type SeenBundle, type SeenNamespace } from './bundle.ts';
import { BUNDLE_CONFIG_MAP, BUNDLE_KEY, CONFIG_MAPS, OURS } from './names.ts';
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
  const name = { namespace: namespace.name, name: BUNDLE_CONFIG_MAP };
  const step = decideBundle(namespace, seen, bundle, home);
  if (step.kind === 'keep') return ok(step.kind);
  if (!mayWrite()) return notLeading(`${step.kind} configmaps ${name.namespace}/${name.name}`);

  if (step.kind !== 'apply') {
    // Only as it was seen: by now it may have lost the label.
    const { uid, resourceVersion } = step.seen.metadata;
    const gone = await client.delete(CONFIG_MAPS, name, { uid, resourceVersion });
    if (gone.kind === 'failed' && gone.error.kind !== 'NotFound') return gone;
    if (step.kind === 'remove') return ok(step.kind);
  }
  // Keys and labels that others have put there stay.
  const draft = { metadata: { ...name, labels: OURS }, data: { [BUNDLE_KEY]: bundle } };
  const applied = await client.apply(CONFIG_MAPS, draft);
  return applied.kind === 'ok' ? ok(step.kind) : applied;
}

export type CaBundleResult =
  /** There is no such configuration, as yet: it is to be looked for again. */
  'absent' | 'keep' | 'written';

/** The `caBundle` of every webhook in one configuration; nothing else in it is touched. */
export async function reconcileCaBundle(
  { client, mayWrite }: Writing,
  resource: Resource,
  name: string,
  bundle: string,
): Promise<Outcome<CaBundleResult>> {
  const answer = await client.get(resource, { name });
  if (answer.kind === 'failed') return answer.error.kind === 'NotFound' ? ok('absent') : answer;
  const patch = caBundlePatch(answer.value.webhooks, bundle);
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
function caBundlePatch(webhooks: JsonValue | undefined, bundle: string): readonly JsonObject[] {
  const wanted = Buffer.from(bundle).toString('base64');
  const list: readonly JsonValue[] = Array.isArray(webhooks) ? webhooks : [];
  return list.flatMap((webhook, index) => {
    if (!isJsonObject(webhook) || !isJsonObject(webhook.clientConfig)) return [];
    if (webhook.clientConfig.caBundle === wanted) return [];
    const path = `/webhooks/${index}`;
    return [
      { op: 'test', path: `${path}/name`, value: webhook.name ?? null },
      { op: 'add', path: `${path}/clientConfig/caBundle`, value: wanted },
    ];
  });
}

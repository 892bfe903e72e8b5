/** What is kept of Istio's AuthorizationPolicies (security.istio.io/v1) with action CUSTOM: whom they ask, and for what. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { readLabels, readMeta } from './meta.ts';
import type { AuthorizationPolicy } from './objects.ts';
import type { CustomAuthorizationParts } from './policy-parts.ts';
import { filledTextAt, textEntries } from './read.ts';
import { GATEWAY_GROUP } from './routes.ts';
import type { Sharing } from './sharing.ts';

const DRY_RUN = 'istio.io/dry-run';
/** Whatever it says but these is no word for false: then it may be one for true. */
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];
const MAX_GATEWAYS = 256;

/** Undefined for other actions: they ask nobody. */
export function readAuthorizationPolicy(value: JsonValue, sharing: Sharing): AuthorizationPolicy | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { action, provider, targetRef, targetRefs, selector, rules } = objectAt(value.spec);
  if (action !== 'CUSTOM') return undefined;
  const listed = objectsAt(targetRefs);
  const references = listed.length === 0 && isJsonObject(targetRef) ? [targetRef] : listed;
  const dryRun = objectAt(objectAt(value.metadata).annotations)[DRY_RUN];
  const matchLabels = textEntries(objectAt(selector).matchLabels);
  return {
    kind: 'AuthorizationPolicy',
    metadata,
    provider: filledTextAt(objectAt(provider).name) ?? '',
    gateways: references.length === 0 ? undefined : readGateways(references, metadata.namespace),
    selector: matchLabels.length === 0 ? undefined : readLabels(matchLabels, sharing),
    covers: readCover(objectsAt(rules)),
    isDryRun: dryRun !== undefined && !FALSE.includes(String(dryRun)),
  };
}

/** A name of another namespace is never matched. */
const readGateways = (references: readonly JsonObject[], own: string): readonly string[] =>
  references.slice(0, MAX_GATEWAYS).flatMap(({ group, kind, namespace, name }) => {
    const [space = own, called] = [filledTextAt(namespace), filledTextAt(name)];
    const isGateway = group === GATEWAY_GROUP && kind === 'Gateway' && space === own;
    return isGateway && called !== undefined ? [called] : [];
  });

/** A rule without conditions takes every request; no rule takes none. */
function readCover(rules: readonly JsonObject[]): CustomAuthorizationParts['covers'] {
  if (rules.length === 0) return 'None';
  return rules.some((rule) => Object.keys(rule).length === 0) ? 'All' : 'Some';
}

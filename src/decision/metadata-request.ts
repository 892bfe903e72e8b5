/**
 * A request that a proxy leads here because it is for the metadata of a resource. Nothing else is answered, and nothing that
 * is no metadata is judged: no rule, no token.
 */

import { deny, misdirectedCheck, serveMetadata } from './answers.ts';
import type { CheckRequest, Decision } from './decision.ts';
import { bindingOfRequest, type Enforcer } from './enforcer.ts';
import { metadataFor } from './resource-metadata.ts';

export function answerMetadataRequest(enforcer: Enforcer | undefined, request: CheckRequest): Decision {
  if (enforcer === undefined) {
    return deny({ request }, { reason: 'policy_missing', detail: 'No policy has been received yet.' });
  }
  const binding = bindingOfRequest(enforcer, request);
  if (binding?.kind !== 'rules' || binding.policy.mode === 'Disabled') return NONE;
  const metadata = metadataFor(enforcer, binding, request);
  return metadata === undefined ? NONE : serveMetadata({ request, enforcer, binding }, metadata);
}

const NONE = misdirectedCheck(
  'No metadata of a resource is here: it stands at the very URL that the challenge of the API names.',
);

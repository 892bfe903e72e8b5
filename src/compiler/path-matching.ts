/** The binding's pathMatching, as policies have it: how the app reads paths. */

import type { PathMatching } from '../policy/policy.ts';
import type { ApiBindingPathMatching } from '../resources/types.gen.ts';

/** What is Unknown by default is left out, so that validators that do not know it yet read the policy. */
export function pathMatchingOf(spec: ApiBindingPathMatching): PathMatching {
  return {
    case: spec.case,
    trailingSlash: spec.trailingSlash,
    ...(spec.formatSuffix === 'None' ? { formatSuffix: 'None' } : {}),
    ...(spec.frontController === 'None' ? { frontController: 'None' } : {}),
  };
}

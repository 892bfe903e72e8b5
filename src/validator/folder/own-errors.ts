/** What is wrong with a file's objects by themselves, whatever the other files say. */

import { compile } from '../../compiler/compile.ts';
import type { Finding, FindingReason } from '../../resources/findings.ts';
import type { ResourceSet } from '../../resources/set.ts';

/** No other object can mend these. */
const OWN: readonly FindingReason[] = [
  'Invalid',
  'InvalidExpression',
  'PolicyTooLarge',
  'InvalidPath',
  'KeyInvalid',
  'KeyTooShort',
];

export function ownErrors(set: ResourceSet): readonly Finding[] {
  const { findings } = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: true,
    secretRevision: () => '',
  });
  return findings.filter(({ severity, reason }) => severity === 'error' && OWN.includes(reason));
}

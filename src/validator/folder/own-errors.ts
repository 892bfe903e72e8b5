/** What is wrong with a file's objects by themselves, whatever the other files say. */

import { compile } from '../../compiler/compile.ts';
import type { Finding } from '../../resources/findings.ts';
import { isOwnError } from '../../resources/reasons.ts';
import type { ResourceSet } from '../../resources/set.ts';

export function ownErrors(set: ResourceSet): readonly Finding[] {
  const { findings } = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: true,
    secretRevision: () => '',
  });
  return findings.filter(({ reason }) => isOwnError(reason));
}

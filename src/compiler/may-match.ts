/** Whether a path of a rule may take a given path, so far as that can be told without compiling it. */

import type { PathMatch } from '../policy/rule-match.ts';

/** Every pattern counts as one that may match. */
export function mayMatch(
  { type, value }: { readonly type: PathMatch['type']; readonly value: string },
  path: string,
): boolean {
  switch (type) {
    case 'Exact':
      return path === value;
    case 'PathPrefix':
      return path.startsWith(value);
    default:
      return true;
  }
}

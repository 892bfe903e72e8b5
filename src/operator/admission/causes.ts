/** Which issues refuse an object at admission; the others may go away when another object is applied, and are warnings. */

import type { Issue } from '../../compiler/issues.ts';
import { DATA_FIELDS } from '../../compiler/source-kinds.ts';
import { isOwnError } from '../../resources/reasons.ts';

/** Whether it is about the content of a Secret or ConfigMap, whatever the reason. */
export function isAboutData({ field }: Pick<Issue, 'field'>): boolean {
  return DATA_FIELDS.some((place) => field.startsWith(place));
}

/** Whether the object must be refused: nothing else could mend it. */
export const refuses = (issue: Issue): boolean => isOwnError(issue.reason) && !isAboutData(issue);

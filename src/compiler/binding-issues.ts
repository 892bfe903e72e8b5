/** Issues of a binding that other objects cause: sources that do not permit it, and conflicts with older bindings. */

import type { Conflict } from './conflicts.ts';
import type { Issue } from './issues.ts';

export function conflictIssues(conflict: Conflict | undefined): readonly Issue[] {
  if (conflict === undefined) return [];
  const [older, on] = conflict;
  if (on === 'metadata') {
    return [
      {
        reason: 'ResourceConflict',
        field: 'spec.resource.identifier',
        message: `the older binding ${older} serves metadata at the same URL already`,
        remedy:
          'give each API an identifier of its own, put the rules into one binding, or say metadata: None in one',
      },
    ];
  }
  if (on !== undefined) {
    return [
      {
        reason: 'Conflicted',
        field: 'spec.ports',
        message: `the older binding ${older} says otherwise how port ${on} is spoken`,
        remedy: 'give the port the same protocol and tls in both, or leave them out of one',
      },
    ];
  }
  return [
    {
      reason: 'Conflicted',
      field: 'spec.hosts',
      message: `the older binding ${older} guards a host of this one already`,
      remedy: 'give each binding hosts or ports of its own, or put the rules into one binding',
    },
  ];
}

/** Who tries a rule means to change nothing; here requests pass that no binding refuses. */
export const TRIED_ALONE: Issue = {
  reason: 'TrialAlone',
  field: 'spec.mode',
  message: 'no binding that decides has one of its targets: what it would deny is let through',
  remedy:
    'give it the targets of the binding that it is to be compared with, as that one names them, or say mode: Audit',
};

/** One reason and one wording for both, so that the author of a binding cannot find out what other namespaces hold. */
export function notPermitted({ id, field }: { readonly id: string; readonly field: string }): Issue {
  return {
    reason: 'SourceNotPermitted',
    field,
    message: `there is no AuthenticationSource ${id} that permits this namespace`,
    remedy: 'create it, correct the name and namespace, or let its allowedNamespaces permit this one',
  };
}

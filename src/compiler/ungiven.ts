/** Warnings about what a binding asks for and none of its sources can give, such as scopes of SPIFFE's tokens. */

import type { ApiBinding, AuthenticationSource } from '../resources/types.gen.ts';
import type { CheckedBinding } from './binding-facts.ts';
import type { Issue } from './issues.ts';
import { compilerOf } from './source-kinds.ts';
import { sourceName } from './source-name.ts';

const KINDS = ['roles', 'scopes'] as const;

/** @param sources all of the binding: where one is missing, it may be the one that gives them. */
export function ungivenIssues(
  { spec }: ApiBinding,
  facts: Pick<CheckedBinding, 'rules' | 'sources'>,
  sources: readonly AuthenticationSource[],
): readonly Issue[] {
  const lacking = KINDS.filter((kind) => sources.some((source) => !compilerOf(source).gives(source, kind)));
  if (lacking.length === 0) return [];
  const isGiven = (kind: (typeof KINDS)[number], names: readonly string[]): boolean => {
    const ids = facts.sources
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map(({ id }) => id);
    return sources.some(
      (source) => ids.includes(sourceName(source).id) && compilerOf(source).gives(source, kind),
    );
  };
  const ofRules = facts.rules.flatMap(({ policy: { authentication, require }, sources: names }, i) =>
    lacking.flatMap((kind): readonly Issue[] => {
      const { allOf, anyOf } = require[kind];
      if (authentication === 'Deny' || allOf.length + anyOf.length === 0 || isGiven(kind, names)) return [];
      return [
        {
          reason: 'RequirementUnmeetable',
          field: `spec.rules[${i}].require.${kind}`,
          message: `no source of the rule reads ${kind} out of a token (${MAPPING}${kind} is empty), so that every token is refused`,
          remedy: `name the claim in ${MAPPING}${kind} of the source, or ask for something else`,
        },
      ];
    }),
  );
  const isToldInVain =
    lacking.includes('scopes') && (spec.resource?.scopes ?? []).length > 0 && !isGiven('scopes', []);
  return isToldInVain ? [...ofRules, TOLD_IN_VAIN] : ofRules;
}

const MAPPING = 'spec.jwt.mapping.';

const TOLD_IN_VAIN: Issue = {
  reason: 'RequirementUnmeetable',
  field: 'spec.resource.scopes',
  message: `clients are told to ask for scopes, and no source of the binding reads scopes out of a token (${MAPPING}scopes is empty)`,
  remedy: `leave them out, or name the claim in ${MAPPING}scopes of the source`,
};

/** What `GET /cluster` tells: sources and bindings as the operator sees them, and what nothing guards. */

import type { ClusterTold } from '../../console/cluster-told.ts';
import { findUnguarded } from '../../coverage/coverage.ts';
import { isLookedAt, type OutsideView } from '../../coverage/view.ts';
import { count, few } from '../../status/texts.ts';
import { type BindingPolicies, bindingTold, policyIn } from './binding-told.ts';
import { sourceTold } from './source-told.ts';
import { withinLength } from './within-length.ts';

/** The page shows so many sources, bindings and findings. */
const MOST_OBJECTS = 1_000;
const MOST_FINDINGS = 500;
/** Characters of all sources, and of all bindings: rules and conditions may be as long as their authors like. */
const MOST_LENGTH = 8 * 1024 * 1024;

export function clusterTold(
  view: OutsideView,
  unread: readonly string[],
  policies: BindingPolicies,
): ClusterTold {
  const { store } = view.policies;
  const idOf = ({ metadata }: { readonly metadata: { readonly namespace: string; readonly name: string } }) =>
    `${metadata.namespace}/${metadata.name}`;
  const inOrder = <T extends Parameters<typeof idOf>[0]>(objects: Iterable<T>): readonly T[] =>
    [...objects]
      .filter(({ metadata }) => isLookedAt(view, metadata))
      .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const sources = inOrder(store.all('AuthenticationSource').values());
  const bindings = inOrder(store.all('ApiBinding').values());
  const { findings, seen, leftOut } = findUnguarded(view);
  const open = findings.filter(({ severity }) => severity === 'open');
  const noted = findings.filter(({ severity }) => severity === 'noted');
  const shown = [...open, ...noted].slice(0, MOST_FINDINGS);
  const out = leftOut.length === 0 ? '' : ` (left out: ${few(leftOut)})`;
  const toldSources = withinLength(
    sources.slice(0, MOST_OBJECTS).map((source) => sourceTold(source, view)),
    MOST_LENGTH,
  );
  const toldBindings = withinLength(
    bindings.slice(0, MOST_OBJECTS).map((binding) => bindingTold(binding, view, policyIn(policies, binding))),
    MOST_LENGTH,
  );
  return {
    format: 1,
    place: view.namespace === undefined ? 'all namespaces' : `namespace ${view.namespace}`,
    sources: toldSources.kept,
    bindings: toldBindings.kept,
    unguarded: {
      findings: shown.map(({ reason, severity, object, message, remedy }) => ({
        ...{ reason, severity, object, message, remedy },
      })),
      open: open.length,
      noted: noted.length,
      seen: `${count(seen.services, 'Service')}, ${count(seen.routes, 'route')}, ${count(seen.pods, 'pod')} and ${count(seen.bindings, 'binding')}${out}`,
    },
    missing: [
      ...unread,
      ...cutText('AuthenticationSources', sources.length, MOST_OBJECTS),
      ...cutText('ApiBindings', bindings.length, MOST_OBJECTS),
      ...longText('AuthenticationSource', 'AuthenticationSources', toldSources.leftOut),
      ...longText('ApiBinding', 'ApiBindings', toldBindings.leftOut),
      ...cutText('things that nothing guards', findings.length, MOST_FINDINGS),
    ],
  };
}

const longText = (one: string, several: string, leftOut: readonly { readonly id: string }[]) =>
  leftOut.length === 0
    ? []
    : [
        `too long to be shown beside the others: ${few(
          leftOut.map(({ id }) => id),
          one,
          several,
        )}; see kubectl describe`,
      ];

const cutText = (what: string, there: number, most: number): readonly string[] =>
  there > most ? [`of ${there} ${what} the first ${most} are shown: look at a single namespace (-n)`] : [];

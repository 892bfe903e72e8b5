/** What SecurityPolicies of Envoy Gateway can be for, from a route's rule to its Gateway, and which of them are for it. */

import type { Gateway, Route, SecurityPolicy } from '../cluster/objects.ts';
import type { TargetSelection } from '../cluster/policy-parts.ts';
import { type Labels, selectorMatches } from '../resources/selectors.ts';
import type { AskingView } from './asked.ts';

/** One thing that a policy can target. */
export interface PolicyScope {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a rule or a listener; empty = the whole object. */
  readonly sectionName: string;
  readonly labels: Labels;
}

/** `rule a of HTTPRoute shop/web`. */
export function scopeText({ kind, namespace, name, sectionName }: PolicyScope): string {
  const part = kind === 'Gateway' ? 'listener' : 'rule';
  return `${sectionName === '' ? '' : `${part} ${sectionName} of `}${kind} ${namespace}/${name}`;
}

/** From the narrower to the wider: a policy of a narrower one goes before. */
export function routeScopes({ kind, metadata, labels }: Route, rule: string): readonly PolicyScope[] {
  return parts({ kind, namespace: metadata.namespace, name: metadata.name, labels }, rule);
}

export function gatewayScopes({ kind, metadata, labels }: Gateway, listener: string): readonly PolicyScope[] {
  return parts({ kind, namespace: metadata.namespace, name: metadata.name, labels }, listener);
}

const parts = (whole: Omit<PolicyScope, 'sectionName'>, sectionName: string): readonly PolicyScope[] =>
  [...new Set([sectionName, ''])].map((section) => ({ ...whole, sectionName: section }));

export interface Candidate {
  readonly policy: SecurityPolicy;
  /** Or it may be: it names more than is kept, or goes by labels of a Namespace that may not be read. */
  readonly isCertain: boolean;
}

/** The policies for it, in the order in which Envoy Gateway takes them: the first holds, and no other. */
export function policiesFor(scope: PolicyScope, view: AskingView): readonly Candidate[] {
  return view.store
    .near('SecurityPolicy', scope.namespace)
    .toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))
    .flatMap((policy) => {
      const aim = aimOf(policy, scope, view);
      return aim === 'none' ? [] : [{ policy, isCertain: aim === 'certain' }];
    });
}

const ageOf = ({ created, metadata }: SecurityPolicy): string =>
  `${created} ${metadata.namespace} ${metadata.name}`;

type Aim = 'certain' | 'possible' | 'none';

function aimOf(policy: SecurityPolicy, scope: PolicyScope, view: AskingView): Aim {
  const { namespace } = policy.metadata;
  const isOwn = namespace === scope.namespace;
  if (!isOwn && !isGranted(namespace, scope, view)) return 'none';
  const isNamed = policy.targets.some(
    ({ kind, name, sectionName }) =>
      kind === scope.kind && name === scope.name && sectionName === scope.sectionName,
  );
  if (isOwn && isNamed) return 'certain';
  // A selection is of whole objects.
  const aims =
    scope.sectionName === '' ? policy.selections.map((one) => chosen(one, isOwn, scope, view)) : [];
  if (aims.includes('certain')) return 'certain';
  return policy.isCut || aims.includes('possible') ? 'possible' : 'none';
}

/** Without a grant of the object's own namespace, no other one's policy is for it, whatever it chooses. */
const isGranted = (from: string, { kind, namespace, name }: PolicyScope, { store }: AskingView): boolean =>
  store
    .near('ReferenceGrant', namespace)
    .some(
      (grant) =>
        grant.from.includes(from) &&
        grant.to.some((one) => one.kind === kind && (one.name === '' || one.name === name)),
    );

function chosen(
  { kind, labels, namespaces }: TargetSelection,
  isOwn: boolean,
  scope: PolicyScope,
  { store }: AskingView,
): Aim {
  if (kind !== scope.kind || !selectorMatches(labels, scope.labels)) return 'none';
  if (namespaces === 'Same') return isOwn ? 'certain' : 'none';
  if (namespaces === 'All') return 'certain';
  const namespace = store.get('Namespace', scope.namespace);
  if (namespace === undefined) return 'possible';
  return selectorMatches(namespaces, namespace.metadata.labels) ? 'certain' : 'none';
}

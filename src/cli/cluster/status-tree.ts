/** What `portcullis status` shows: by namespace its sources and bindings, and under a binding its pods. */

import type { StoredBinding, StoredSource } from '../../cluster/objects.ts';
import { isLookedAt, type OutsideView, outsideFacts } from '../../coverage/view.ts';
import type { BindingFacts } from '../../status/binding-facts.ts';
import type { PodFacts } from '../../status/pod-facts.ts';
import { count } from '../../status/texts.ts';
import { judgedBinding, judgedSource } from './judged.ts';
import type { Mark } from './paint.ts';
import type { TreeNode } from './tree.ts';

export interface StatusShown {
  readonly tree: readonly TreeNode[];
  /** Sums up. */
  readonly summary: string;
}

/** Pods of one binding that are named: those that are not well come first. */
const MOST_PODS = 20;

export function statusTree(view: OutsideView): StatusShown {
  const { store } = view.policies;
  const sources = [...store.all('AuthenticationSource').values()].filter(({ metadata }) =>
    isLookedAt(view, metadata),
  );
  const bindings = [...store.all('ApiBinding').values()].filter(({ metadata }) => isLookedAt(view, metadata));
  const nodes = [
    ...sources.map((source) => ({ place: source.metadata, node: sourceNode(source) })),
    ...bindings.map((binding) => ({ place: binding.metadata, node: bindingNode(binding, view) })),
  ];
  const namespaces = [...new Set(nodes.map(({ place }) => place.namespace))].sort();
  const tree = namespaces.map((namespace) => ({
    mark: undefined,
    title: `namespace ${namespace}`,
    children: nodes.filter(({ place }) => place.namespace === namespace).map(({ node }) => node),
  }));
  const all = nodes.map(({ node }) => node);
  return { tree, summary: summaryOf(all.slice(0, sources.length), all.slice(sources.length)) };
}

function summaryOf(sources: readonly TreeNode[], bindings: readonly TreeNode[]): string {
  const part = (nodes: readonly TreeNode[], noun: string): string => {
    const open = nodes.filter(({ mark }) => mark !== 'well').length;
    const rest = open === 0 ? (nodes.length === 0 ? '' : ', all well') : `, ${open} to look at`;
    return `${nodes.length} ${noun}${nodes.length === 1 ? '' : 's'}${rest}`;
  };
  return `${part(sources, 'source')}; ${part(bindings, 'binding')}`;
}

function sourceNode(source: StoredSource): TreeNode {
  const { metadata, status, ...read } = source;
  const { mark, reason, said } = judgedSource(source);
  const issuer = read.kind === 'typed' ? read.object.spec.jwt?.issuer : undefined;
  const users = status?.bindingCount ?? 0;
  const used = users === 0 ? 'used by no binding' : `used by ${count(users, 'binding')}`;
  return {
    mark,
    title: `AuthenticationSource ${metadata.name}`,
    note: [reason, ...(issuer === undefined ? [] : [issuer]), count(status?.keyCount ?? 0, 'key'), used].join(
      ', ',
    ),
    said,
  };
}

function bindingNode(binding: StoredBinding, view: OutsideView): TreeNode {
  const { metadata, status } = binding;
  const facts = outsideFacts(`${metadata.namespace}/${metadata.name}`, view);
  const { mark, reason, said } = judgedBinding(binding, facts);
  const mode = facts?.mode ?? 'Enforce';
  const validators = status?.validators === undefined ? [] : [`${status.validators.summary} validators`];
  const tried = mark === 'unknown' ? [] : triedTexts(facts);
  return {
    mark,
    title: `ApiBinding ${metadata.name}`,
    note: [reason, ...(mode === 'Enforce' ? [] : [`mode ${mode}`]), ...tried, ...validators].join(', '),
    said,
    children: facts === undefined ? [] : podNodes(facts, view),
  };
}

/** As the operator has written it, which sums up what validators count. */
function triedTexts(facts: BindingFacts | undefined): readonly string[] {
  if (facts?.trial === undefined) return [];
  const { wouldDeny, since } = facts.trial;
  return [`would have denied ${wouldDeny.toLocaleString('en-US')} since ${since}`];
}

function podNodes(
  { id, mode, pods, gatewayValidators }: BindingFacts,
  view: OutsideView,
): readonly TreeNode[] {
  const isBehindGateway = gatewayValidators.length > 0;
  const nodes = [
    ...pods.map((pod) => podNode(pod, { id, mode }, isBehindGateway, view)),
    ...gatewayValidators.map(({ id: pod, ready }) => validatorNode(pod, ready)),
  ].sort((a, b) => Number(a.mark === 'well') - Number(b.mark === 'well'));
  const rest = nodes.slice(MOST_PODS);
  if (rest.length === 0) return nodes;
  const open = rest.filter(({ mark }) => mark !== 'well').length;
  const title = `and ${count(rest.length, 'more pod')}${open === 0 ? ', all well' : `, ${open} of them to look at`}`;
  return [...nodes.slice(0, MOST_PODS), { mark: open === 0 ? 'well' : 'bad', title }];
}

const validatorNode = (pod: string, ready: boolean): TreeNode => ({
  mark: ready ? 'well' : 'bad',
  title: `Pod ${pod}`,
  note: ready ? 'validator of a gateway' : 'validator of a gateway, not ready: see its log',
});

function podNode(
  pod: PodFacts,
  binding: Pick<BindingFacts, 'id' | 'mode'>,
  isBehindGateway: boolean,
  view: OutsideView,
): TreeNode {
  const title = `Pod ${pod.id.slice(pod.id.indexOf('/') + 1)}`;
  const ports = view.policies.targets
    .guards(pod.id)
    .filter((guard) => guard.binding === binding.id)
    .flatMap((guard) => guard.ports.map(({ port }) => port));
  const { mark, note } = podJudged(pod, isBehindGateway, ports.join(', '), binding.mode);
  return { mark, title, note };
}

function podJudged(
  pod: PodFacts,
  isBehindGateway: boolean,
  ports: string,
  mode: BindingFacts['mode'],
): { readonly mark: Mark; readonly note: string } {
  if (!pod.validator && isBehindGateway) return { mark: 'well', note: 'judged at the gateway' };
  if (!pod.validator && pod.ending) return { mark: 'doubtful', note: 'no validator, being deleted' };
  if (!pod.validator && pod.refusal !== undefined)
    return { mark: 'bad', note: `no validator: ${pod.refusal}` };
  if (!pod.validator) return { mark: 'bad', note: 'no validator: restart its workload' };
  if (pod.uncaptured.length > 0) {
    return { mark: 'bad', note: `open on ${pod.uncaptured.join(', ')}: restart its workload` };
  }
  if (!pod.ready) return { mark: 'doubtful', note: 'guarded, not ready: see kubectl describe' };
  const where = ports === '' ? '' : ` on ${ports}`;
  return { mark: 'well', note: `${mode === 'Trial' ? 'judged' : 'guarded'}${where} (${pod.capture})` };
}

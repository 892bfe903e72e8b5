/** Groups the pods of each namespace by their labels, and keeps each distinct selector once. */

import { canonicalJson } from '../base/canonical-json.ts';
import type { Pod } from '../cluster/objects.ts';
import type { Labels } from '../resources/selectors.ts';
import type { LabelSelector } from '../resources/types.gen.ts';
import { createLabelIndex, createSelectorIndex } from './label-index.ts';
import { createNumbers } from './numbers.ts';

/** One selector of a namespace, however many use it. */
export interface Choice {
  /** Undefined: every pod that has a validator. */
  readonly selector: LabelSelector | undefined;
  readonly number: number;
  readonly uses: ReadonlySet<Use>;
}

export interface Use {
  /** Undefined for a NetworkPolicy: it guards nothing, but the pods that it selects can be reached in other ways. */
  readonly binding: string | undefined;
  readonly namespace: string;
  readonly selector: LabelSelector | undefined;
}

export const bindingsOf = ({ uses }: Choice): readonly string[] =>
  [...uses].flatMap(({ binding }) => binding ?? []);

export interface Chosen {
  readonly choices: readonly Choice[];
  /** Equal for equal choices. */
  readonly key: string;
}

export interface Groups {
  use(use: Use): Choice;
  release(use: Use): void;
  /** The pod as it is now; undefined when it is gone. */
  move(id: string, pod: Pod | undefined): void;
  /** The choices that choose the pod, which has been moved. */
  chosen(id: string, pod: Pod): Chosen;
  choosing(namespace: string, labels: Labels): readonly Choice[];
  /** Pods that other selectors may choose than at the last call, because selectors were added or removed. */
  takeStale(): readonly string[];
}

interface HeldChoice extends Choice {
  readonly uses: Set<Use>;
}

interface Group {
  readonly id: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly pods: Set<string>;
  /** Of pods without and with a validator; undefined where they are to be looked for. */
  readonly chosen: Map<boolean, Chosen>;
}

const keyOf = (selector: LabelSelector | undefined): string =>
  selector === undefined ? '' : canonicalJson(selector);

const NOTHING: Chosen = { choices: [], key: '' };

export function createGroups(): Groups {
  const places = new Map<string, ReturnType<typeof makePlace>>();
  const groups = new Map<string, Group>();
  const groupOf = new Map<string, Group>();
  const stale = new Set<Group>();
  const numberOf = createNumbers();

  const makePlace = () => ({
    groups: createLabelIndex(),
    selectors: createSelectorIndex<HeldChoice>(),
    choices: new Map<string, HeldChoice>(),
  });

  const at = (namespace: string) => {
    const known = places.get(namespace) ?? makePlace();
    places.set(namespace, known);
    return known;
  };

  /** Namespaces come and go: one without pods and selectors leaves nothing behind. */
  const tidy = (namespace: string): void => {
    const { groups: index, choices } = at(namespace);
    if (index.all().size + choices.size === 0) places.delete(namespace);
  };

  /** The selector is new, or gone. */
  const unsettle = (namespace: string, selector: LabelSelector | undefined): void => {
    const { groups: index } = at(namespace);
    const ids =
      selector === undefined ? index.all() : index.chosenBy(selector, (id) => groups.get(id)?.labels);
    for (const id of ids) {
      const group = groups.get(id);
      group?.chosen.clear();
      if (group !== undefined) stale.add(group);
    }
  };

  const leave = (id: string, group: Group): void => {
    group.pods.delete(id);
    groupOf.delete(id);
    if (group.pods.size > 0) return;
    groups.delete(group.id);
    stale.delete(group);
    at(group.namespace).groups.delete(group.id, group.labels);
    tidy(group.namespace);
  };

  const join = (id: string, { metadata: { namespace }, labels }: Pod): void => {
    const key = `${namespace} ${numberOf(labels)}`;
    const known = groups.get(key);
    const group = known ?? { id: key, namespace, labels, pods: new Set<string>(), chosen: new Map() };
    if (known === undefined) {
      groups.set(key, group);
      at(namespace).groups.set(key, labels);
    }
    group.pods.add(id);
    groupOf.set(id, group);
  };

  return {
    use(use) {
      const { namespace, selector } = use;
      const { choices, selectors } = at(namespace);
      const known = choices.get(keyOf(selector));
      const choice = known ?? { selector, number: numberOf({}), uses: new Set<Use>() };
      choice.uses.add(use);
      if (known !== undefined) return choice;
      choices.set(keyOf(selector), choice);
      selectors.add(choice);
      unsettle(namespace, selector);
      return choice;
    },
    release(use) {
      const { namespace, selector } = use;
      const { choices, selectors } = at(namespace);
      const choice = choices.get(keyOf(selector));
      choice?.uses.delete(use);
      if (choice === undefined || choice.uses.size > 0) return;
      choices.delete(keyOf(selector));
      selectors.delete(choice);
      unsettle(namespace, selector);
      tidy(namespace);
    },
    move(id, pod) {
      const group = groupOf.get(id);
      if (group !== undefined && group.labels === pod?.labels) return;
      if (group !== undefined) leave(id, group);
      if (pod !== undefined) join(id, pod);
    },
    chosen(id, { sidecars: { validator } }) {
      const group = groupOf.get(id);
      const known = group?.chosen.get(validator);
      if (known !== undefined || group === undefined) return known ?? NOTHING;
      const choices = at(group.namespace)
        .selectors.choosing(group.labels, validator)
        .toSorted((a, b) => a.number - b.number);
      const chosen = { choices, key: choices.map(({ number }) => number).join() };
      group.chosen.set(validator, chosen);
      return chosen;
    },
    choosing: (namespace, labels) => places.get(namespace)?.selectors.choosing(labels, false) ?? [],
    takeStale() {
      const pods = [...stale].flatMap((group) => [...group.pods]);
      stale.clear();
      return pods;
    },
  };
}

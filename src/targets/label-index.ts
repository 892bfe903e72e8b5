/** Indexes by label: finds pods by a selector, and selectors by a pod's labels, without a look at all of them. */

import { add, remove, type SetsByKey } from '../base/sets-by-key.ts';
import { type Labels, selectorMatches } from '../resources/selectors.ts';
import type { LabelSelector } from '../resources/types.gen.ts';

/** `label=value` pairs that every object has which the selector chooses. */
function requiredPairs({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly string[] {
  const single = matchExpressions.flatMap(({ key, operator, values = [] }) => {
    const [value] = values;
    return operator === 'In' && value !== undefined && values.length === 1 ? [pair(key, value)] : [];
  });
  return [...Object.entries(matchLabels).map(([key, value]) => pair(key, value)), ...single];
}

const pair = (key: string, value: string): string => `${key}=${value}`;

const pairsOf = (labels: Labels): readonly string[] =>
  Object.entries(labels).map(([key, value]) => pair(key, value));

const NONE: ReadonlySet<never> = new Set();

/** Labelled things of one namespace. */
export interface LabelIndex {
  set(id: string, labels: Labels): void;
  delete(id: string, labels: Labels): void;
  /** Every id whose labels the selector chooses. */
  chosenBy(selector: LabelSelector, labelsOf: (id: string) => Labels | undefined): readonly string[];
  all(): ReadonlySet<string>;
}

export function createLabelIndex(): LabelIndex {
  const all = new Set<string>();
  const byPair = new Map<string, Set<string>>();
  return {
    set(id, labels) {
      all.add(id);
      for (const key of pairsOf(labels)) add(byPair, key, id);
    },
    delete(id, labels) {
      all.delete(id);
      for (const key of pairsOf(labels)) remove(byPair, key, id);
    },
    chosenBy(selector, labelsOf) {
      const candidates = smallest(all, byPair, requiredPairs(selector));
      return [...candidates].filter((id) => {
        const labels = labelsOf(id);
        return labels !== undefined && selectorMatches(selector, labels);
      });
    },
    all: () => all,
  };
}

function smallest(
  all: ReadonlySet<string>,
  byPair: ReadonlyMap<string, ReadonlySet<string>>,
  pairs: readonly string[],
): ReadonlySet<string> {
  let least = all;
  for (const key of pairs) {
    const ids = byPair.get(key) ?? NONE;
    if (ids.size < least.size) least = ids;
  }
  return least;
}

/** Selectors of one namespace. */
export interface SelectorIndex<S extends Selecting> {
  add(entry: S): void;
  delete(entry: S): void;
  /** Every entry that chooses these labels; `marked` entries have no selector, and choose by what the caller says. */
  choosing(labels: Labels, marked: boolean): readonly S[];
}

interface Selecting {
  /** Undefined: chooses whatever is marked. */
  readonly selector: LabelSelector | undefined;
}

export function createSelectorIndex<S extends Selecting>(): SelectorIndex<S> {
  const places = new Map<S, string>();
  const byPair: SetsByKey<S> = new Map();
  /** Those that require no pair. */
  const wide = new Set<S>();
  const marked = new Set<S>();
  return {
    add(entry) {
      if (entry.selector === undefined) {
        marked.add(entry);
        return;
      }
      // Under the pair that the fewest others are under: a label that all pods of a product have excludes few.
      const size = (key: string): number => byPair.get(key)?.size ?? 0;
      const [rarest] = requiredPairs(entry.selector).toSorted((a, b) => size(a) - size(b));
      if (rarest === undefined) {
        wide.add(entry);
        return;
      }
      places.set(entry, rarest);
      add(byPair, rarest, entry);
    },
    delete(entry) {
      wide.delete(entry);
      marked.delete(entry);
      const place = places.get(entry);
      if (place !== undefined) remove(byPair, place, entry);
      places.delete(entry);
    },
    choosing(labels, isMarked) {
      const candidates = [...wide, ...pairsOf(labels).flatMap((key) => [...(byPair.get(key) ?? NONE)])];
      const chosen = candidates.filter(
        ({ selector }) => selector !== undefined && selectorMatches(selector, labels),
      );
      return isMarked ? [...chosen, ...marked] : chosen;
    },
  };
}

/** What each namespace has: its classes of pods by their labels, and the selectors that choose among them. */

import type { PodClass, PodClasses } from './classes.ts';
import { createLabelIndex, createSelectorIndex, type LabelIndex, type SelectorIndex } from './pairs.ts';
import type { Resolution, Selection } from './resolve.ts';

export interface Chosen {
  readonly binding: string;
  readonly selection: Selection;
}

interface Place {
  /** By their keys. */
  readonly classes: LabelIndex;
  readonly selectors: SelectorIndex<Chosen>;
}

export interface Places {
  at(namespace: string): Place;
  classesIn(namespace: string): readonly PodClass[];
  /** Those that the selections choose, each once. */
  chosenClasses(namespace: string, selections: Resolution['selections']): readonly PodClass[];
}

export function createPlaces(classes: PodClasses): Places {
  const places = new Map<string, Place>();

  const at = (namespace: string): Place => {
    const known = places.get(namespace);
    if (known !== undefined) return known;
    const made = { classes: createLabelIndex(), selectors: createSelectorIndex<Chosen>() };
    places.set(namespace, made);
    return made;
  };

  const classesIn = (namespace: string): readonly PodClass[] =>
    [...at(namespace).classes.all()].flatMap((key) => classes.get(key) ?? []);

  return {
    at,
    classesIn,
    chosenClasses(namespace, selections) {
      const chosen = selections.flatMap(({ selector }) => {
        if (selector === undefined) return classesIn(namespace).filter(({ hasValidator }) => hasValidator);
        const keys = at(namespace).classes.chosenBy(selector, (key) => classes.get(key)?.labels);
        return keys.flatMap((key) => classes.get(key) ?? []);
      });
      return [...new Set(chosen)];
    },
  };
}

/**
 * Pods as `kubectl apply` sends them: without labels, and members of selectors, that are null. API servers, as
 * `kubectl apply --server-side` shows, read those as empty texts. A pod must not be open because of the difference.
 */

import type { JsonObject, JsonValue } from '../base/json.ts';
import type { YamlDocument } from '../resources/yaml.ts';
import { type OfflineGuards, offlineGuards } from './inject-guards.ts';
import { mapPods, objectsOf, type PodPlace } from './inject-pods.ts';
import { lookForStrays } from './inject-strays.ts';

type Document = Pick<YamlDocument, 'value' | 'leftOut'>;

export interface AsSent {
  /** Names of the bindings that choose the pod of this number, counted from 0, only where null is left out. */
  chosenOnly(number: number, place: PodPlace): readonly string[];
  /** What is wrong then with pods at places where sidecars cannot be put. */
  strayErrors(document: Document): readonly string[];
}

const SAME: AsSent = { chosenOnly: () => [], strayErrors: () => [] };

export function readAsSent(documents: readonly Document[], guards: OfflineGuards): AsSent {
  if (documents.every(({ leftOut }) => leftOut === undefined)) return SAME;
  const sent = documents.map(valueAsSent);
  const guardsAsSent = offlineGuards(sent.flatMap(objectsOf));
  const places = sent.flatMap(placesIn);
  return {
    chosenOnly(number, place) {
      const asSent = places[number];
      if (asSent === undefined) return [];
      const chosen = guards.guardsOf(place).map(({ binding }) => binding);
      return (
        guardsAsSent
          .guardsOf(asSent)
          .map(({ binding }) => binding)
          // Without a name: its namespace requires a guard, for want of a binding.
          .filter((binding) => !chosen.includes(binding) && (binding !== '' || chosen.length === 0))
      );
    },
    strayErrors: (document) =>
      objectsOf(valueAsSent(document)).flatMap((object) => lookForStrays(object, guardsAsSent).errors),
  };
}

const valueAsSent = ({ value, leftOut }: Document): JsonValue => leftOut ?? value;

function placesIn(document: JsonValue): readonly PodPlace[] {
  const places: PodPlace[] = [];
  const note = (place: PodPlace): JsonObject => {
    places.push(place);
    return place.pod;
  };
  mapPods(document, note, (object) => object);
  return places;
}

/** What the annotations of a pod choose for its Envoy. */

import type { Labels } from '../resources/selectors.ts';
import { FORWARDED_FOR_CHOICES, type ForwardedFor } from '../sidecar/forwarded-for.ts';
import { UNDERSCORE_CHOICES, type UnderscoreHeaders } from '../sidecar/underscores.ts';
import { FORWARDED_FOR_ANNOTATION, UNDERSCORES_ANNOTATION } from './layout.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';

export interface EnvoyChoices {
  readonly underscoreHeaders: UnderscoreHeaders;
  readonly forwardedFor: ForwardedFor;
}

/** Everything in them that is no choice goes to `refusals`. */
export function envoyChoices(annotations: Labels, refusals: InjectionRefusal[]): EnvoyChoices {
  return {
    underscoreHeaders: chosen(annotations, UNDERSCORES_ANNOTATION, UNDERSCORE_CHOICES, 'Drop', refusals),
    forwardedFor: chosen(annotations, FORWARDED_FOR_ANNOTATION, FORWARDED_FOR_CHOICES, 'Append', refusals),
  };
}

function chosen<T extends string>(
  annotations: Labels,
  name: string,
  choices: readonly T[],
  usual: T,
  refusals: InjectionRefusal[],
): T {
  const word = annotations[name];
  if (word === undefined) return usual;
  const choice = choices.find((one) => one === word);
  if (choice === undefined) {
    const what = `${name}: ${JSON.stringify(word)} is none of ${choices.join(', ')}`;
    refusals.push(injectionRefusal('AnnotationUnknown', what));
  }
  return choice ?? usual;
}

/** How requests are brought to Envoy: the pod's own annotation, else its namespace's, else Redirect. */

import type { Labels } from '../resources/selectors.ts';
import { CAPTURE_ANNOTATION } from './layout.ts';

export type CaptureMode = 'Redirect' | 'NamedPort' | 'None';

const MODES = ['Redirect', 'NamedPort', 'None'] as const;

/** Undefined for a word that is none of them: its author meant something, and it is not known what. */
export function writtenCaptureMode(pod: Labels, namespace: Labels): CaptureMode | undefined {
  const word = pod[CAPTURE_ANNOTATION] ?? namespace[CAPTURE_ANNOTATION];
  return word === undefined ? 'Redirect' : MODES.find((mode) => mode === word);
}

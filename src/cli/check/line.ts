/** A line of `portcullis check`: what was looked at, how it stands, and the remedy. */

import type { KubernetesError } from '../../kubernetes/errors.ts';
import { harmless, type Mark, type Paint } from '../cluster/paint.ts';
import { unreadText } from '../cluster/unread.ts';

export interface CheckLine {
  readonly mark: Mark;
  readonly what: string;
  readonly said: string;
  readonly remedy?: string;
}

export const well = (what: string, said: string): CheckLine => ({ mark: 'well', what, said });
export const doubtful = (what: string, said: string, remedy: string): CheckLine => ({
  mark: 'doubtful',
  what,
  said,
  remedy,
});
export const bad = (what: string, said: string, remedy: string): CheckLine => ({
  mark: 'bad',
  what,
  said,
  remedy,
});

/** @param verb and namespace as of `unreadText`. */
export const unseen = (
  what: string,
  verb: string,
  namespace: string | undefined,
  error: KubernetesError,
): CheckLine => ({ mark: 'unknown', what, said: unreadText(verb, namespace, error) });

/** Wider than what any of them is about. */
const WIDTH = 16;
const INDENT = ' '.repeat(WIDTH + 3);

export function checkLines(lines: readonly CheckLine[], paint: Paint): readonly string[] {
  return lines.flatMap(({ mark, what, said, remedy }) => [
    `${paint.mark(mark)} ${paint.bold(what.padEnd(WIDTH))} ${harmless(said)}`,
    ...(remedy === undefined ? [] : [`${INDENT}${harmless(remedy)}`]),
  ]);
}

/** Formats values of tokens and policies for explanations: as JSON, shortened. */

import type { JsonValue } from '../base/json.ts';
import { shorten } from '../base/text.ts';
import type { ExpressionOutcome } from '../cel/expression.ts';

/** The longest value that is shown whole, and the most of a list; in characters and items. */
const MAX_SHOWN = 120;
const MAX_LISTED = 8;

export function shown(value: JsonValue | undefined): string {
  return value === undefined ? 'absent' : shorten(JSON.stringify(value), MAX_SHOWN);
}

export const shownList = (values: readonly string[]): string => joined(values.map(shown));

/** Joins texts that are already formatted. */
export function joined(texts: readonly string[]): string {
  if (texts.length === 0) return 'none';
  const rest = texts.length > MAX_LISTED ? `, and ${texts.length - MAX_LISTED} more` : '';
  return texts.slice(0, MAX_LISTED).join(', ') + rest;
}

/** @param seconds since 1970. */
export function shownTime(seconds: number | undefined): string {
  if (seconds === undefined) return 'absent';
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}

/** @param text of the expression. */
export function shownOutcome(text: string, outcome: ExpressionOutcome): string {
  return `${text}: ${outcome.kind === 'error' ? `error, ${outcome.problem}` : outcome.value}`;
}

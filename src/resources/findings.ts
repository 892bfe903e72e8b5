/** A finding: what is wrong, or doubtful, in a manifest, as every tool reports it. */

import { oneLine } from '../base/text.ts';
import { FINDING_REASONS, type FindingReason, type Severity } from './reasons.ts';
import type { WrittenAt } from './set.ts';

/** What a finding is about. */
export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Something wrong, or doubtful, in a manifest. */
export interface Finding {
  readonly severity: Severity;
  readonly reason: FindingReason;
  /** Undefined when the file could not be read as far as the object. */
  readonly object: ObjectReference | undefined;
  readonly file?: string;
  /** Counted from 1, as is `column`. */
  readonly line?: number;
  readonly column?: number;
  /** Its path from the object, `spec.rules[0].match`. */
  readonly field?: string;
  /** What is wrong: a sentence without a capital and a full stop. Never holds a secret. */
  readonly message: string;
  /** What to do next: a sentence without a capital and a full stop. */
  readonly remedy: string;
}

/** Where a finding stands. */
export interface FindingPlace {
  readonly object: ObjectReference | undefined;
  readonly origin: WrittenAt | undefined;
  readonly field?: string;
}

/** Makes a finding; severity comes from the table, line and column from the origin. */
export function finding(
  reason: FindingReason,
  place: FindingPlace,
  message: string,
  remedy: string,
): Finding {
  const { object, origin, field } = place;
  return {
    severity: FINDING_REASONS[reason].severity,
    reason,
    object,
    ...(origin && { file: origin.file, ...origin.locate(field ?? '') }),
    ...(field !== undefined && field !== '' && { field }),
    message,
    remedy,
  };
}

/** The finding's object, from a manifest's own words. */
export function referenceTo(object: {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
}): ObjectReference {
  return { kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name };
}

/** One line of text: `file:3:7: error: ApiBinding shop/orders: spec.sources: message; remedy (Invalid)`. */
export function renderFinding(finding: Finding): string {
  const { file, line, column, severity, object, field, message, remedy, reason } = finding;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const parts = [
    place,
    severity,
    object && `${object.kind} ${object.namespace}/${object.name}`,
    field,
    `${message}; ${remedy} (${reason})`,
  ];
  return oneLine(parts.filter(Boolean).join(': '));
}

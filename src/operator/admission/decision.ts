/** The decision on a review, and its text: one line for each finding, for people, and bounded. */

import { oneLine, shorten } from '../../base/text.ts';
import type { PatchOperation } from '../../injection/patch.ts';

/** Where something is wrong, as in the compiler's issues, or what else is to be said. */
export interface Remark {
  /** Of one of the tables of reasons. */
  readonly reason: string;
  /** Its path from the object, `spec.rules[0].match`; empty = the object. */
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

export interface StatusCause {
  readonly field: string;
  readonly message: string;
}

/** What a refusal is about. */
export interface RefusedObject {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** Why a request can be refused, with its HTTP status. */
export const ADMISSION_STATUSES = {
  Invalid: 422,
  Forbidden: 403,
  BadRequest: 400,
  TooManyRequests: 429,
  ServiceUnavailable: 503,
  InternalError: 500,
} as const;

export type AdmissionRefusal = keyof typeof ADMISSION_STATUSES;

export type AdmissionDecision =
  | {
      readonly kind: 'allowed';
      readonly warnings: readonly string[];
      /** What is to be changed on the way; absent = nothing. */
      readonly patch?: readonly PatchOperation[];
    }
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly reason: AdmissionRefusal;
      readonly message: string;
      readonly about: RefusedObject | undefined;
      readonly causes: readonly StatusCause[];
      readonly warnings: readonly string[];
    };

/** The most problems that one answer names; the next attempt shows the others. */
const MOST_PROBLEMS = 20;
/** An API server cuts all warnings to 256 characters each when together they are longer than 4,096. */
const MOST_WARNING_CHARACTERS = 4_000;
const MOST_CHARACTERS = 1_000;

export const ALLOWED: AdmissionDecision = { kind: 'allowed', warnings: [] };

export function refuse(reason: AdmissionRefusal, message: string, about?: RefusedObject): AdmissionDecision {
  return {
    kind: 'refused',
    code: ADMISSION_STATUSES[reason],
    reason,
    message: shownLine(message),
    about,
    causes: [],
    warnings: [],
  };
}

/** Refused for the errors, if there are any; the warnings are said in both cases. */
export function decide(
  about: RefusedObject,
  errors: readonly Remark[],
  warnings: readonly Remark[],
): AdmissionDecision {
  const texts = warningTexts(warnings);
  if (errors.length === 0) return { kind: 'allowed', warnings: texts };
  const named = errors.slice(0, MOST_PROBLEMS);
  const rest = errors.length - named.length;
  const more = rest === 0 ? [] : [`and ${rest} more`];
  return {
    kind: 'refused',
    code: ADMISSION_STATUSES.Invalid,
    reason: 'Invalid',
    message: [...named.map(remarkText), ...more].join('\n'),
    about,
    causes: [
      ...named.map((remark) => ({ field: shownLine(remark.field), message: causeText(remark) })),
      ...more.map((message) => ({ field: 'spec', message })),
    ],
    warnings: texts,
  };
}

/** Each once, and as many as an API server passes on uncut. */
function warningTexts(remarks: readonly Remark[]): readonly string[] {
  const texts = [...new Set(remarks.map(remarkText))];
  const kept: string[] = [];
  let characters = 0;
  for (const text of texts) {
    characters += text.length;
    if (characters > MOST_WARNING_CHARACTERS) break;
    kept.push(text);
  }
  const rest = texts.length - kept.length;
  return rest === 0 ? kept : [...kept, `and ${rest} more; \`portcullis lint\` shows all that it can know`];
}

/** As `portcullis lint` words it: `field: message; remedy (Reason)`. */
function remarkText(remark: Remark): string {
  return shownLine([remark.field, causeText(remark)].filter(Boolean).join(': '));
}

const causeText = ({ message, remedy, reason }: Remark): string =>
  shownLine(`${message}; ${remedy} (${reason})`);

const shownLine = (text: string): string => shorten(oneLine(text).trim(), MOST_CHARACTERS);

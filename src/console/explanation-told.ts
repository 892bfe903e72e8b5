/** The answer of `POST /explain`, read. */

import {
  amount,
  atLeast,
  type Infer,
  isObject,
  list,
  Misshapen,
  oneOf,
  optional,
  orNull,
  type Shape,
  text,
} from '../policy/shape.ts';

const headers: Shape<Readonly<Record<string, string>>> = (value, at) => {
  if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one, at)]));
};

const explained = atLeast({
  outcome: oneOf('allowed', 'audit_denied', 'denied', 'served'),
  reason: text,
  status: amount,
  detail: orNull(text),
  binding: orNull(text),
  rule: orNull(text),
  source: orNull(text),
  user: orNull(text),
  steps: list(atLeast({ step: text, finding: text })),
  headers: optional(headers),
  body: optional(text),
  set: optional(headers),
  remove: optional(list(text)),
  /** The pod whose validator was asked, where a cluster is: namespace/name. */
  validator: optional(text),
});

export type ToldExplanation = Infer<typeof explained>;

export const readExplanation = (value: unknown): ToldExplanation => explained(value, '');

/** What a binding says in place of a refusal's usual answer: a redirect to a login page, and bodies of its own. */

import { amount, type Infer, list, object, text } from './shape.ts';

export type LoginPolicy = Infer<typeof login>;
const login = object({
  /** Holds `{url}` once. */
  url: text,
  /** `scheme://host`, with a port where it is not the scheme's own, as a browser writes them. Never empty. */
  origins: list(text),
});

export type BodyPolicy = Infer<typeof body>;
const body = object({ statuses: list(amount), contentType: text, body: text });

export type AnswersPolicy = Infer<typeof answers>;
export const answers = object(
  {
    /** The first whose statuses fit. */
    bodies: list(body),
  },
  { login },
);

/** So many characters of a body take up as much memory as one instruction. */
const CHARACTERS = 32;

/** What they take up, in instructions. */
export const answersSize = (policy: AnswersPolicy | undefined): number =>
  (policy?.bodies ?? []).reduce((sum, { body: { length } }) => sum + Math.ceil(length / CHARACTERS), 0);

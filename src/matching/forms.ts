/** Every text that servers could make of a path by decoding and mending it, in any order; the work is bounded. */

import { hasMalformedEscape, hidesEscape } from './escapes.ts';
import { decodings, repairs, texts } from './transformations.ts';

/**
 * Each form costs every transformation once for each of its characters. A path of 8 KiB that is escaped from
 * end to end has two forms; many are left to paths that are short.
 */
export const FORM_LIMITS = {
  forms: 64,
  /** Over all forms. */
  characters: 12 * 1024,
} as const;

/** Servers decode once; a proxy before them may have done so too. */
const MOST_DECODINGS = 2;

export type Forms =
  | {
      readonly kind: 'forms';
      readonly forms: readonly string[];
      /** Characters that were given to the transformations. */
      readonly work: number;
    }
  /** An escape in it is malformed, as it was sent or after one decoding. */
  | { readonly kind: 'malformed'; readonly work: number }
  | { readonly kind: 'too_many'; readonly work: number };

/** The path itself is one of its forms. */
export function formsOf(path: string): Forms {
  if (hasMalformedEscape(path)) return { kind: 'malformed', work: 0 };
  const found: Found = { forms: new Set(), characters: 0, work: 0 };
  let fresh: Iterable<string> = texts.toBytes(path);
  for (let decoded = 0; decoded <= MOST_DECODINGS; decoded++) {
    const level = mended(fresh, found);
    if (level === undefined) return { kind: 'too_many', work: found.work };
    if (decoded === 1 && level.flatMap(texts.fromBytes).some(hidesEscape)) {
      return { kind: 'malformed', work: found.work };
    }
    if (decoded < MOST_DECODINGS) {
      found.work += decodings.length * level.reduce((sum, { length }) => sum + length, 0);
      fresh = new Set(level.flatMap((form) => decodings.map((decode) => decode(form))));
    }
  }
  return { kind: 'forms', forms: [...found.forms].flatMap(texts.fromBytes), work: found.work };
}

interface Found {
  readonly forms: Set<string>;
  characters: number;
  work: number;
}

/** Those of the texts that are new, with all that repairs make of them; undefined once there are too many. */
function mended(fresh: Iterable<string>, found: Found): readonly string[] | undefined {
  const level: string[] = [];
  for (const form of fresh) if (!add(form, level, found)) return undefined;
  // `level` grows while it is walked, until no repair yields anything new.
  for (const form of level) {
    for (const repair of repairs) {
      found.work += form.length;
      if (!add(repair(form), level, found)) return undefined;
    }
  }
  return level;
}

function add(form: string, level: string[], found: Found): boolean {
  if (found.forms.has(form)) return true;
  found.characters += form.length;
  if (found.forms.size >= FORM_LIMITS.forms || found.characters > FORM_LIMITS.characters) return false;
  found.forms.add(form);
  level.push(form);
  return true;
}

/** What the server sends to the console: JSON, with a tag by which a page sees that it has it already. */

import { createHash } from 'node:crypto';
import { oneLine, shorten, shownJson } from '../../base/text.ts';
import { type Endpoint, sendPage, sendTagged, textPage } from '../../process/pages.ts';
import { readQuery } from '../../validator/admin/query.ts';

export interface TaggedJson {
  readonly json: string;
  readonly tag: string;
}

export function toldOf(value: object): TaggedJson {
  const json = `${shownJson(value)}\n`;
  return { json, tag: createHash('sha256').update(json).digest('base64url') };
}

/** Sentences about what is missing in an answer, and characters of one. */
const MOST_MISSING = 20;
const LONGEST_MISSING = 600;

/** Each once, the first of them, and how many more there are. */
export function missingOf(sentences: readonly string[]): readonly string[] {
  const each = [...new Set(sentences.map((text) => shorten(oneLine(text).trim(), LONGEST_MISSING)))];
  const rest = each.length - MOST_MISSING;
  return rest <= 0 ? each : [...each.slice(0, MOST_MISSING), `and ${rest} more of this kind`];
}

/** @param answers by what its field says: the first is for a query without it. None of them: there is no field. */
export function toldEndpoint(
  answers: Readonly<Record<string, () => Promise<TaggedJson>>>,
  field?: string,
): Endpoint {
  return {
    method: 'GET',
    answer(request, response, query) {
      const read = readQuery(query, field === undefined ? [] : [field]);
      const [first = ''] = Object.keys(answers);
      const [wanted = first, ...more] =
        (read.kind === 'read' && field !== undefined && read.fields[field]) || [];
      const answer = Object.hasOwn(answers, wanted) ? answers[wanted] : undefined;
      if (read.kind === 'refused' || answer === undefined || more.length > 0) {
        const which = field === undefined ? 'none' : `${field}, once: ${Object.keys(answers).join(' or ')}`;
        sendPage(response, textPage(400, `the query of this page may have ${which}`));
        return;
      }
      answer()
        .then(({ json, tag }) =>
          sendTagged(request, response, tag, () => ({ status: 200, type: 'application/json', body: json })),
        )
        .catch(() => response.destroy());
    },
  };
}

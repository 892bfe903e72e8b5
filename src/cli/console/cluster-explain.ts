/** `POST /explain?binding=NAMESPACE/NAME`: asks one validator that judges by the binding. Keeps and logs nothing of it. */

import { parseJson } from '../../base/json.ts';
import { parseId } from '../../base/object-id.ts';
import { shownJson } from '../../base/text.ts';
import { readExplanation } from '../../console/explanation-told.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { Misshapen } from '../../policy/shape.ts';
import { type Page, textPage } from '../../process/pages.ts';
import { readQuery } from '../../validator/admin/query.ts';
import { readAnswer } from '../admin/read-answer.ts';

/** Validators that are asked in turn, until one answers. */
const MOST_TRIES = 3;
/** Bytes. */
const MOST_EXPLANATION = 1024 * 1024;

/** @param body goes on as it is: the validator says what is wrong with it. */
export async function clusterExplain(
  body: string,
  query: string,
  validatorsOf: (binding: string) => Promise<readonly string[]>,
  ask: (pod: { readonly namespace: string; readonly name: string }) => PodHttp,
): Promise<Page> {
  const read = readQuery(query, ['binding']);
  if (read.kind === 'refused') return textPage(400, read.problem);
  const [binding, more] = read.fields.binding ?? [];
  if (binding === undefined || more !== undefined)
    return textPage(
      400,
      'binding=NAMESPACE/NAME is missing, or given twice: it says which validators to ask',
    );
  const pods = await validatorsOf(binding);
  if (pods.length === 0)
    return textPage(404, 'no validator that runs judges by this binding, or you may not list its pods');
  let problem = '';
  for (const pod of pods.slice(0, MOST_TRIES)) {
    const request = { method: 'POST', path: '/explain', body } as const;
    const answer = await readAnswer(ask(parseId(pod)), request, MOST_EXPLANATION);
    if (answer.kind === 'ok') return explained(pod, answer.value);
    problem = `validator ${pod}: ${answer.error.message}`;
    // It has said what is wrong with the question.
    if (answer.error.kind === 'Unexpected') break;
  }
  return textPage(502, problem);
}

function explained(validator: string, text: string): Page {
  try {
    const told = readExplanation(parseJson(text));
    return { status: 200, type: 'application/json', body: `${shownJson({ ...told, validator })}\n` };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return textPage(502, `the answer of validator ${validator} cannot be read: ${error.message}`);
  }
}

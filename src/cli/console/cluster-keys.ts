/** How old the keys of sources are, by what all validators tell: of each source the oldest copy. */

import { parseJson } from '../../base/json.ts';
import { oneLine, shorten } from '../../base/text.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { askPods, type PodHttp } from '../../kubernetes/pod-http.ts';
import { Misshapen } from '../../policy/shape.ts';
import { type KeyFacts, type KeysOfSource, readKeyFacts } from '../../report/key-facts.ts';
import type { FoundValidators } from '../admin/find-validators.ts';
import { readAnswer } from '../admin/read-answer.ts';

/** Validators that are asked. */
const MOST_VALIDATORS = 256;
/** Bytes of an answer; a source takes some hundred. */
const MOST_KEYS_ANSWER = 1024 * 1024;
const LONGEST_PROBLEM = 600;

/** @param sourcesAt of which sources the validator of a pod can know; those where a control plane stands are believed of all. */
export async function clusterKeys(
  { pods, ofGateways }: Pick<FoundValidators, 'pods' | 'ofGateways'>,
  ask: (pod: { readonly namespace: string; readonly name: string }) => PodHttp,
  sourcesAt: (pod: string) => ReadonlySet<string>,
): Promise<KeyFacts> {
  const { told } = await askPods(pods.slice(0, MOST_VALIDATORS), async (pod): Promise<Outcome<KeyFacts>> => {
    const answer = await readAnswer(ask(pod), { method: 'GET', path: '/keys' }, MOST_KEYS_ANSWER);
    return answer.kind === 'ok' ? readFacts(answer.value) : answer;
  });
  const believed = told.flatMap(({ pod, value }) =>
    value.sources.filter(({ source }) => ofGateways.get(pod) === 'all' || sourcesAt(pod).has(source)),
  );
  const sources = [...Map.groupBy(believed, ({ source }) => source).values()].map(oldest);
  return { format: 1, sources: sources.flatMap((one) => one ?? []) };
}

function readFacts(text: string): Outcome<KeyFacts> {
  try {
    return ok(readKeyFacts(parseJson(text)));
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return failed('Unexpected', `its answer is none about keys: ${error.message}`);
  }
}

function oldest(copies: readonly KeysOfSource[]): KeysOfSource | undefined {
  const [first] = copies.toSorted((one, other) => other.age - one.age);
  const problem = copies.find((copy) => copy.problem !== null)?.problem ?? null;
  if (first === undefined) return undefined;
  return { ...first, problem: problem === null ? null : shorten(oneLine(problem), LONGEST_PROBLEM) };
}

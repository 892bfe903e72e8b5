/** What a Trial beside the binding that decides costs a check with a known token. */

import { atMost, type Mark } from './mark.ts';
import { measureInTurn, type Subject } from './measure.ts';
import { mint } from './minting.ts';
import type { Plan } from './plan.ts';
import { type RunningValidator, World } from './world.ts';

const HOSTS = 10;

/** Throws where next to no request had its Trial. */
export async function measureTrials(
  envoy: string,
  plan: Plan,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  progress('Trials');
  await using world = new World(envoy);
  const tokens = world.file(mint('RS256', plan.cachedTokens), 'tokens');
  const ask = async (validator: RunningValidator): Promise<Subject> => ({
    envoy: await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer }),
    authorizer: validator,
    tokens,
    hosts: HOSTS,
  });
  const alone = await world.validator('RS256', HOSTS, 'http');
  const beside = await world.validator('RS256', HOSTS, 'http', { trials: true });
  const [without, within] = await measureInTurn([await ask(alone), await ask(beside)], plan);
  const judged = await beside.metric('portcullis_trial_decisions_total');
  const skipped = await beside.metric('portcullis_trials_skipped_total');
  const share = judged / (judged + skipped);
  // A busy validator leaves Trials out: what those cost that were judged is what counts.
  if (!(share > 0.1)) throw new Error(`Trials judged ${judged} requests, and left out ${skipped}`);
  const [before = Number.NaN, now = Number.NaN] = [without?.cpu, within?.cpu];
  return [
    atMost('cached CPU with a Trial over that without', 1.5, ' ×', 1 + (now - before) / before / share),
  ];
}

/** How a source or a binding stands, by the operator's own words; what it has not looked at yet is not guessed. */

import type { StoredBinding, StoredSource } from '../../cluster/objects.ts';
import type { Condition } from '../../resources/types.gen.ts';
import type { BindingFacts } from '../../status/binding-facts.ts';
import { sentence } from '../../status/conditions.ts';
import type { Mark } from './paint.ts';

export interface OperatorWord {
  readonly mark: Mark;
  readonly reason: string;
  /** Why it is not well, and what to do. */
  readonly said: readonly string[];
}

function judged(
  conditions: readonly Condition[] | undefined,
  observed: number | undefined,
  generation: number,
): OperatorWord {
  const ready = conditions?.find(({ type }) => type === 'Ready');
  if (ready === undefined || (ready.status === 'Unknown' && ready.reason === 'Pending')) {
    const said = ['The operator has not looked at it so far: see whether it runs (portcullis check).'];
    return { mark: 'unknown', reason: 'Pending', said };
  }
  if (observed !== undefined && observed < generation) {
    const said = [
      'The operator has not looked at its last change so far: if that stays so, see whether it runs (portcullis check).',
    ];
    return { mark: 'unknown', reason: 'Pending', said };
  }
  if (ready.status === 'True') return { mark: 'well', reason: ready.reason, said: [] };
  return { mark: ready.status === 'False' ? 'bad' : 'unknown', reason: ready.reason, said: [ready.message] };
}

export function judgedSource({ metadata, status }: StoredSource): OperatorWord {
  const found = judged(status?.conditions, status?.observedGeneration, metadata.generation);
  const error = status?.issuerError;
  if (error === undefined) return found;
  // Where it is not Ready for that, its condition says so already.
  const isSaid = found.said.some((text) => text.includes(withoutStop(error.message)));
  const failure = sentence(`Keys could not be fetched last (${error.code}): ${error.message}`);
  return {
    mark: found.mark === 'well' ? 'doubtful' : found.mark,
    reason: found.reason,
    said: isSaid ? found.said : [...found.said, failure],
  };
}

const withoutStop = (text: string): string => text.replace(/\.$/, '');

export function judgedBinding(
  { metadata, status }: StoredBinding,
  facts: Pick<BindingFacts, 'mode' | 'standsAlone'> | undefined,
): OperatorWord {
  const found = judged(status?.conditions, status?.observedGeneration, metadata.generation);
  const isLax = found.mark === 'well' && facts !== undefined && facts.mode !== 'Enforce';
  return isLax ? { mark: 'doubtful', reason: found.reason, said: [laxText(facts)] } : found;
}

const TO_ENFORCE = 'set mode Enforce once nothing is refused that should pass.';

/** What becomes of requests. */
function laxText({ mode, standsAlone }: Pick<BindingFacts, 'mode' | 'standsAlone'>): string {
  if (mode === 'Disabled') return `Every request is let through: ${TO_ENFORCE}`;
  if (mode === 'Trial' && !standsAlone) {
    return 'It answers no request: what it would decide otherwise than the binding in force is counted.';
  }
  return `What it would refuse is counted, and let through: ${TO_ENFORCE}`;
}

/** Exact counts of decisions, by binding, rule, outcome and reason. */

import { HOURLY_COUNT_BYTES, HourlyCount } from './hours.ts';
import { textBytes } from './kept-text.ts';
import type { RequestOutcome } from './outcome.ts';

/** No binding and no rule is called so: what came past a bound is counted under it. */
export const OTHERS = '(other)';
/** Bindings that are counted by themselves. */
export const MAX_BINDINGS = 1000;
/** Counts by rule, outcome and reason; past them a binding's further ones are counted by outcome alone. */
export const MAX_TALLIES = 4096;
/** Of those by outcome alone; past them all bindings are counted together. */
const MAX_RESTS = 1024;

export interface Tally {
  readonly rule: string;
  readonly outcome: RequestOutcome;
  readonly reason: string;
  readonly count: HourlyCount;
}

export interface DecisionTallies {
  /** Counts one decision; '' stands for no binding and no rule. Returns the name that the binding goes by. */
  add(binding: string, rule: string, outcome: RequestOutcome, reason: string, slot: number): string;
  /** Forgets the hour of that slot. */
  clear(slot: number): void;
  bindings(): Iterable<string>;
  of(binding: string): readonly Tally[];
  /** Bytes that it keeps, counted with care. */
  bytes(): number;
}

/** Of the objects that one tally needs at most, besides its count and its rule's name. */
const TALLY_BYTES = 320;
const BINDING_BYTES = 320;

export function createDecisionTallies(): DecisionTallies {
  /** By binding and rule. */
  const bindings = new Map<string, Map<string, Tally[]>>();
  let kept = 0;

  const rulesOf = (binding: string): Map<string, Tally[]> => {
    const known = bindings.get(binding);
    if (known !== undefined) return known;
    const rules = new Map<string, Tally[]>();
    bindings.set(binding, rules);
    return rules;
  };

  const addIn = (
    rules: Map<string, Tally[]>,
    { rule, outcome, reason }: Omit<Tally, 'count'>,
    slot: number,
    most: number,
  ): boolean => {
    const same = rules.get(rule);
    const known = find(same, outcome, reason);
    if (known !== undefined) {
      known.count.add(slot);
      return true;
    }
    if (kept >= most) return false;
    const tally = { rule, outcome, reason, count: new HourlyCount() };
    tally.count.add(slot);
    if (same === undefined) rules.set(rule, [tally]);
    else same.push(tally);
    kept += 1;
    return true;
  };

  /** Where there is no place for a tally of its own. */
  const addToOthers = (binding: string, outcome: RequestOutcome, slot: number): string => {
    const rest = { rule: OTHERS, outcome, reason: OTHERS };
    if (addIn(rulesOf(binding), rest, slot, MAX_TALLIES + MAX_RESTS)) return binding;
    addIn(rulesOf(OTHERS), rest, slot, Number.POSITIVE_INFINITY);
    return OTHERS;
  };

  return {
    add(given, rule, outcome, reason, slot) {
      const binding = bindings.has(given) || bindings.size < MAX_BINDINGS ? given : OTHERS;
      const rules = rulesOf(binding);
      const known = find(rules.get(rule), outcome, reason);
      if (known !== undefined) {
        known.count.add(slot);
        return binding;
      }
      const isCounted = addIn(rules, { rule, outcome, reason }, slot, MAX_TALLIES);
      return isCounted ? binding : addToOthers(binding, outcome, slot);
    },
    clear(slot) {
      for (const [binding, rules] of bindings) {
        for (const [rule, tallies] of rules) {
          for (const { count } of tallies) count.clear(slot);
          const left = tallies.filter(({ count }) => count.total > 0);
          kept -= tallies.length - left.length;
          if (left.length === 0) rules.delete(rule);
          else rules.set(rule, left);
        }
        if (rules.size === 0) bindings.delete(binding);
      }
    },
    bindings: () => bindings.keys(),
    of: (binding) => [...(bindings.get(binding)?.values() ?? [])].flat(),
    bytes: () =>
      kept * (TALLY_BYTES + HOURLY_COUNT_BYTES) +
      [...bindings].reduce((sum, [binding, rules]) => sum + BINDING_BYTES + namesOf(binding, rules), 0),
  };
}

const namesOf = (binding: string, rules: ReadonlyMap<string, unknown>): number =>
  [binding, ...rules.keys()].reduce((sum, name) => sum + textBytes(name), 0);

/** There are some tens at most, and the usual ones come first. A loop: this is done for every request. */
function find(tallies: readonly Tally[] | undefined, outcome: string, reason: string): Tally | undefined {
  if (tallies === undefined) return undefined;
  for (const tally of tallies) if (tally.reason === reason && tally.outcome === outcome) return tally;
  return undefined;
}

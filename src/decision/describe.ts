/** What a rule asks for and what the request has, requirement by requirement: for people who ask why. */

import { newBudget } from '../cel/expression.ts';
import { pathReadings } from '../matching/readings.ts';
import type { ValueRequirement } from '../policy/policy.ts';
import { newEffort } from '../regex/machine.ts';
import { list, shown } from '../token/describe.ts';
import type { Identity, ListedPart } from '../token/verification.ts';
import type { Pending } from './begin.ts';
import type { RuledBinding } from './binding.ts';
import { candidatesFor } from './candidates.ts';
import { inputs } from './finish.ts';
import type { Reason } from './reasons.ts';
import { firstRule, otherWays, type RoutedReading } from './route.ts';

/** In the order of judgement; each with the reasons that end there. */
const CHECKS: readonly {
  readonly reasons: readonly Reason[];
  readonly describe: (pending: Pending, identity: Identity) => readonly string[];
}[] = [
  { reasons: ['access_denied'], describe: sources },
  { reasons: ['role_mismatch'], describe: roles },
  { reasons: ['scope_insufficient'], describe: scopes },
  { reasons: ['claim_mismatch'], describe: claims },
  { reasons: ['client_mismatch'], describe: clients },
  { reasons: ['expression_denied', 'path_ambiguous'], describe: expressions },
];

/** The findings up to the requirement that does not hold, or all of them. `refusal` is the reason against the request. */
export function describeRequirements(
  pending: Pending,
  identity: Identity,
  refusal: Reason | undefined,
): readonly string[] {
  const last = CHECKS.findIndex(({ reasons }) => refusal !== undefined && reasons.includes(refusal));
  const done = last < 0 ? CHECKS : CHECKS.slice(0, last + 1);
  return done.flatMap(({ describe }) => describe(pending, identity));
}

function sources({ rule }: Pending, { source }: Identity): readonly string[] {
  const allowed = rule?.policy.sources;
  return allowed === undefined ? [] : [`source ${source}; taken are ${list(allowed)}`];
}

function roles({ rule }: Pending, identity: Identity): readonly string[] {
  return values('roles', rule?.policy.require.roles, partText('roles', list(identity.roles), identity));
}

function scopes({ rule }: Pending, identity: Identity): readonly string[] {
  return values('scopes', rule?.policy.require.scopes, partText('scopes', list(identity.scopes), identity));
}

/** Values without a spelling fail every list of forbidden ones, so they are named where they are. */
function partText(part: ListedPart, found: string, { unreadable }: Identity): string {
  return unreadable.includes(part)
    ? `${found}, and what has no spelling (an object, a list in a list)`
    : found;
}

function claims({ rule }: Pending, identity: Identity): readonly string[] {
  return (rule?.claims ?? []).map(({ read, requirement }, i) => {
    const name = rule?.policy.require.claims[i]?.claim ?? '';
    const asked = asksFor(requirement) || 'it must be there';
    return `claim ${name}: ${shown(read(identity.claims))}; ${asked}`;
  });
}

function clients({ rule }: Pending, identity: Identity): readonly string[] {
  const { anyOf = [], noneOf = [] } = rule?.policy.require.clients ?? {};
  return values('client', { anyOf, allOf: [], noneOf }, partText('client', shown(identity.client), identity));
}

function values(name: string, requirement: ValueRequirement | undefined, found: string): readonly string[] {
  const asked = requirement === undefined ? '' : asksFor(requirement);
  return asked === '' ? [] : [`${name}: ${found}; ${asked}`];
}

function asksFor({ anyOf, allOf, noneOf }: ValueRequirement): string {
  return [
    anyOf.length > 0 ? `any of ${list(anyOf)}` : '',
    allOf.length > 0 ? `all of ${list(allOf)}` : '',
    noneOf.length > 0 ? `none of ${list(noneOf)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function expressions(pending: Pending, identity: Identity): readonly string[] {
  const inputFor = inputs(pending, identity);
  const budget = newBudget();
  return (pending.rule?.expressions ?? []).flatMap(({ expression }) => {
    const readings = expression.readsPath ? pending.readings : pending.readings.slice(0, 1);
    return readings.map((reading) => {
      const outcome = expression.evaluate(inputFor(reading), budget);
      const where = readings.length > 1 ? ` for ${readingText(reading)}` : '';
      return `${expression.text}: ${outcome.kind === 'error' ? `error, ${outcome.problem}` : outcome.value}${where}`;
    });
  });
}

const readingText = ({ path, params }: RoutedReading): string =>
  Object.keys(params).length === 0 ? path : `${path} ${JSON.stringify(params)}`;

/** Longer paths are refused for their length alone. */
const MAX_PATH_LENGTH = 8192;

/** For each rule that some reading of a path leads to, the first such reading; empty where they cannot be told. */
export function describeReadings(
  { rules, judgement, patternsVary }: RuledBinding,
  { method, host, path }: { readonly method: string; readonly host: string; readonly path: string },
): readonly string[] {
  if (path.length > MAX_PATH_LENGTH) return [];
  const found = pathReadings(path, judgement.pathMatching, patternsVary);
  if (found.kind !== 'readings') return [];
  const first = new Map<string, string>();
  const candidates = candidatesFor(rules, method, host);
  const effort = newEffort();
  for (const reading of found.readings) {
    const { rule } = firstRule(candidates, reading, effort);
    const others = otherWays(candidates, { reading, rule }, judgement.pathMatching, effort);
    if (effort.left < 0) return [];
    for (const one of [{ path: reading.path, rule }, ...others]) {
      const name = one.rule === undefined ? 'no rule' : `rule ${one.rule.policy.name}`;
      if (!first.has(name)) first.set(name, one.path);
    }
  }
  return [...first].map(([rule, reading]) => `${reading} leads to ${rule}`);
}

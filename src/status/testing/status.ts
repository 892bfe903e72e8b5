/** Facts of a status as short as a test wants them, and the status as tests compare it. */

import { expect } from 'vitest';
import type { JsonValue } from '../../base/json.ts';
import { SCHEMAS } from '../../resources/schema.gen.ts';
import { structuralProblems } from '../../resources/structure.ts';
import type { ApiBindingStatus, AuthenticationSourceStatus, Condition } from '../../resources/types.gen.ts';
import type { BindingFacts } from '../binding-facts.ts';
import { bindingStatus } from '../binding-status.ts';
import type { PodFacts } from '../pod-facts.ts';
import { BINDING_CONDITIONS, type ConditionText, SOURCE_CONDITIONS } from '../reasons.ts';
import { type SourceFacts, sourceStatus } from '../source-status.ts';

/** Holds the version that it should, v2. */
export const podFact = (name: string, overrides: Partial<PodFacts> = {}): PodFacts => ({
  id: `shop/${name}`,
  workload: 'deployment/orders',
  ready: true,
  started: true,
  ending: false,
  validator: true,
  missing: [],
  forged: undefined,
  unproven: undefined,
  outdated: false,
  uncaptured: [],
  untried: [],
  closed: [],
  capture: 'Redirect',
  ownEnvoy: false,
  portsClosed: false,
  otherPorts: [],
  droppedPorts: [],
  refusal: undefined,
  expected: 'v2',
  acknowledged: 'v2',
  rejected: undefined,
  ...overrides,
});

/** Has not acknowledged anything. */
export const BROKEN: Partial<PodFacts> = { acknowledged: undefined };

export const facts = (overrides: Partial<BindingFacts> = {}): BindingFacts => ({
  id: 'shop/orders',
  generation: 3,
  mode: 'Enforce',
  rollout: 'Manual',
  standsAlone: false,
  restarts: [],
  trial: undefined,
  tlsObjects: [],
  outcome: { acceptance: { kind: 'accepted' }, sources: ['shop/okta'], sourcesNotPermitted: [] },
  sourcesNotReady: [],
  targets: 'Service shop/orders',
  injectionEnabled: true,
  pods: [podFact('a')],
  refused: [],
  gatewayValidators: [],
  neverAsked: [],
  foreign: [],
  isForGateways: false,
  openSections: [],
  uncovered: [],
  before: undefined,
  now: 100,
  ...overrides,
});

export interface Shown<S = ApiBindingStatus> {
  readonly status: S;
  /** `status reason` by type. */
  readonly conditions: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, string>>;
}

export function shownBinding(of: BindingFacts): Shown {
  return shown('ApiBinding', bindingStatus(of), BINDING_CONDITIONS);
}

export function shownSource(of: SourceFacts): Shown<AuthenticationSourceStatus> {
  return shown('AuthenticationSource', sourceStatus(of), SOURCE_CONDITIONS);
}

/** Whatever is shown must fit the schema, and stand in the table that the documentation is made from. */
function shown<S extends { readonly conditions?: readonly Condition[] }>(
  kind: keyof typeof SCHEMAS,
  status: S,
  table: Readonly<Record<string, ConditionText>>,
): Shown<S> {
  const schema = SCHEMAS[kind].properties?.status;
  if (schema === undefined) throw new Error('no schema');
  const sent = JSON.parse(JSON.stringify(status)) as JsonValue;
  expect(structuralProblems(schema, sent, [])).toEqual([]);
  const { conditions = [] } = status;
  for (const { type, reason, status: holds } of conditions) {
    const known = type === 'Ready' ? undefined : table[type]?.reasons[reason];
    if (type !== 'Ready') expect(known, `${type} ${reason}`).toBeDefined();
    // While keys serve, the reason may be that of a fetch that failed since.
    if (known !== undefined && type !== 'KeysAvailable') expect(holds).toBe(known.status);
  }
  return {
    status,
    conditions: Object.fromEntries(conditions.map((one) => [one.type, `${one.status} ${one.reason}`])),
    messages: Object.fromEntries(conditions.map((one) => [one.type, one.message])),
  };
}

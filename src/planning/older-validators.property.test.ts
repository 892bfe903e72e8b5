/** A validator of an older version decides by what it is sent as others do, or refuses. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { request } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, sourcePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { bindingOfRequest, prepareEnforcer } from '../decision/enforcer.ts';
import { parseTakes } from '../policy/exchange.ts';
import type { BindingPolicy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import { updateFor } from './older-validators.ts';

const NONE = parseTakes(undefined);
const HOSTS = ['a.example', 'b.example', '*.example'];
const SOURCES = ['okta', 'other'].map((name) => sourcePolicy({ id: `shop/${name}`, uid: `uid-${name}` }));

const route = fc.record({ kind: fc.constant('HTTPRoute' as const), name: fc.constantFrom('web', 'api') });
const rule = fc
  .tuple(route, fc.constantFrom(undefined, 'admin'))
  .map(([whole, section]) => (section === undefined ? whole : { ...whole, section }));
const choice = fc.record({
  routes: fc.array(rule, { minLength: 1, maxLength: 2 }),
  hosts: fc.subarray([...HOSTS, '']),
});

const binding = (prefix: string, isAtGateway: boolean): fc.Arbitrary<BindingPolicy> =>
  fc
    .record({
      id: fc.constantFrom('shop', 'bank').map((namespace) => `${namespace}/${prefix}`),
      hosts: fc.subarray(HOSTS),
      ports: fc.subarray([8080, 9090]),
      at: choice,
      sources: fc.subarray(SOURCES.map(({ id }) => id)),
    })
    .chain(({ at, sources, ...rest }) =>
      fc.nat(99).map((i) =>
        bindingPolicy(
          { sources },
          {
            ...{ ...rest, id: `${rest.id}-${i}`, mode: prefix === 'trial' ? 'Audit' : 'Enforce' },
            ...(isAtGateway && { ports: [], atGateway: at }),
          },
        ),
      ),
    );

const worlds = fc.boolean().chain((isAtGateway) =>
  fc.record({
    isAtGateway: fc.constant(isAtGateway),
    deciding: fc.array(binding('decides', isAtGateway), { maxLength: 3 }),
    trials: fc.uniqueArray(binding('trial', isAtGateway), {
      minLength: 1,
      maxLength: 2,
      selector: ({ id }) => id,
    }),
    host: fc.constantFrom('a.example', 'b.example', 'c.example', 'd.test'),
    port: fc.constantFrom(8080, 9090),
    route: fc.tuple(fc.constantFrom('shop', 'bank'), rule).map(([namespace, one]) => ({ ...one, namespace })),
    tells: fc.boolean(),
  }),
);

it('chooses the same binding for every request, or none', () => {
  let [alone, none] = [0, 0];
  fc.assert(
    fc.property(worlds, ({ isAtGateway, deciding, trials, host, port, route: matched, tells }) => {
      const { policy, ...beside } = policyUpdate(deciding, SOURCES);
      const update: PolicyUpdate = { ...beside, policy: { ...policy, trials } };
      const older = updateFor(update, NONE);
      expect(older.policy).not.toHaveProperty('trials');
      expect(older.policy.version).toBe(policyVersion(older.policy));
      const asked = request({
        host,
        ...(isAtGateway ? { route: tells ? matched : undefined } : { port }),
      });
      const idBy = (one: PolicyUpdate) =>
        bindingOfRequest(finishSteps(prepareEnforcer(one)), asked)?.policy.id;
      const chosen = idBy(update);
      expect(idBy(older)).toBe(chosen);
      if (chosen?.includes('/trial-')) alone += 1;
      if (chosen === undefined) none += 1;
    }),
    { numRuns: 500 },
  );
  expect(alone).toBeGreaterThan(20);
  expect(none).toBeGreaterThan(20);
});

it('has the sources of what is left, and no other secret: without Trials', () => {
  const sources = ['okta', 'other'].map((name) =>
    sourcePolicy({
      ...{ id: `shop/${name}`, uid: name },
      keys: { kind: 'hmac', keys: [{ secret: `secret ${name}`, secretRevision: '1' }] },
    }),
  );
  const { policy } = policyUpdate([bindingPolicy()], sources);
  const trials = [bindingPolicy({ sources: ['shop/other'] }, { id: 'shop/next', mode: 'Audit' })];
  const secrets = new Map(sources.map(({ uid }) => [`secret ${uid}`, new Uint8Array([1])]));
  const keysChecked = new Map(sources.map(({ uid }) => [uid, 1]));
  const older = updateFor({ policy: { ...policy, trials }, secrets, keysChecked }, NONE);
  expect(older.policy.sources.map(({ id }) => id)).toEqual(['shop/okta']);
  expect([[...older.secrets.keys()], [...older.keysChecked.keys()]]).toEqual([['secret okta'], ['okta']]);
  const update = { policy, secrets, keysChecked };
  expect(updateFor(update, NONE)).toBe(update);
});

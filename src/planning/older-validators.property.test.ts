/** A validator of an older version decides by what it is sent as others do, or refuses. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide, joe, request } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy, sourcePolicy } from '../../test/support/policy.ts';
import { NOW } from '../../test/support/verification.ts';
import { finishSteps } from '../base/steps.ts';
import { bindingOfRequest, prepareEnforcer } from '../decision/enforcer.ts';
import { LATER_MEMBERS, parseTakes } from '../policy/exchange.ts';
import type { BindingPolicy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import { serializePolicy } from '../policy/wire.ts';
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

const asks = fc
  .record({
    authentication: fc.option(fc.constantFrom({ acr: ['phr'] }, { acr: ['phr', 'phrh'], maxAge: 60 })),
    expression: fc.option(fc.constantFrom("'x' in scopes", 'true', 'claims.acr == "phr"')),
    scopes: fc.subarray(['x', 'y']),
    method: fc.constantFrom([], ['GET'], ['PUT']),
  })
  .map(({ authentication, expression, scopes: allOf, method }) =>
    rulePolicy({
      match: { methods: method },
      require: {
        scopes: { anyOf: [], allOf, noneOf: [] },
        ...(authentication !== null && { authentication }),
        expressions: expression === null ? [] : [{ expression, message: 'no', scopes: ['x'] }],
      },
    }),
  );

const calls = fc.record({
  rules: fc.array(asks, { minLength: 1, maxLength: 3 }),
  taken: fc.subarray([...LATER_MEMBERS]).map((members) => parseTakes(members.join())),
  method: fc.constantFrom('GET', 'PUT', 'POST'),
  claims: fc.record({
    acr: fc.constantFrom('phr', 'phrh', 'pwd'),
    auth_time: fc.constantFrom(NOW, NOW - 3600),
    scope: fc.constantFrom('', 'x', 'x y'),
  }),
});

it('lets nothing pass that newer ones refuse, and refuses no more than the bindings that it does not know', () => {
  const seen = { same: 0, invalid: 0 };
  fc.assert(
    fc.property(calls, ({ rules, taken, method, claims }) => {
      const answers = { bodies: [{ statuses: [401, 403], contentType: 'text/plain', body: 'no' }] };
      const update = policyUpdate([{ ...bindingPolicy({ rules, answers }), revision: 'uid/1' }]);
      const asked = request({ method, token: joe(claims) });
      const [newer, older] = [update, updateFor(update, taken)].map((one) =>
        decide(finishSteps(prepareEnforcer(one)), asked),
      );
      if (!taken.has('revision'))
        expect(serializePolicy(updateFor(update, taken).policy)).not.toContain('uid/1');
      if (older?.reason === 'binding_invalid') {
        expect(taken.has('authentication')).toBe(false);
        expect(rules.some(({ require }) => require.authentication !== undefined)).toBe(true);
        seen.invalid += 1;
      } else {
        expect(older?.outcome).toBe(newer?.outcome);
        seen.same += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.same, seen.invalid)).toBeGreaterThan(30);
});

it('revisions are left out with them, and nothing else is', () => {
  const bindings = [bindingPolicy(), bindingPolicy({}, { id: 'shop/audit', mode: 'Audit' })];
  const plain = policyUpdate(bindings);
  const revised = bindings.map((one) => (one.mode === 'Audit' ? { ...one, revision: 'uid/1' } : one));
  const older = updateFor({ ...plain, policy: { ...plain.policy, bindings: revised } }, NONE);
  expect(older.policy.bindings).toEqual(bindings);
  const { version: _, ...content } = plain.policy;
  expect(older.policy.version).toBe(policyVersion(content));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSourcePolicy } from '../sources/kinds.ts';
import { POLICY } from './testing/policy.ts';
import * as wire from './wire.ts';

const { serializePolicy } = wire;
const parsePolicy = (json: string) => wire.parsePolicy(json, readSourcePolicy);

type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** The policy's JSON, changed. */
function changed(change: (document: { [member: string]: Json }) => void): string {
  const document = JSON.parse(serializePolicy(POLICY));
  change(document);
  return JSON.stringify(document);
}

/** Every object and array in the document. */
function containers(value: Json): (Json[] | { [member: string]: Json })[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(containers)];
}

describe('readPolicyInSteps', () => {
  it('takes a step for each binding and Trial, by what the binding has', () => {
    const costs = [...wire.readPolicyInSteps(JSON.parse(serializePolicy(POLICY)), readSourcePolicy)];
    const rules = [...POLICY.bindings, ...(POLICY.trials ?? [])].map(({ judgement }) =>
      judgement.kind === 'rules' ? judgement.rules.length : 0,
    );
    expect(costs).toEqual(rules.map((count) => 32 * (1 + count)));
  });
});

describe('parsePolicy', () => {
  it('reads what serializePolicy writes', () => {
    expect(parsePolicy(serializePolicy(POLICY))).toEqual({ kind: 'policy', policy: POLICY });
  });

  it.each([
    ['another format', (d) => Object.assign(d, { format: 2 }), 'format must be 1'],
    ['a format as text', (d) => Object.assign(d, { format: '1' }), 'format must be 1'],
    ['no bindings', (d) => delete d.bindings, 'bindings is missing'],
    ['bindings that are no list', (d) => Object.assign(d, { bindings: {} }), 'bindings must be a list'],
    ['an unknown member', (d) => Object.assign(d, { extra: 1 }), 'extra is not known'],
    ['a number as sources', (d) => Object.assign(d, { sources: 7 }), 'sources must be a list'],
    ['a number as trials', (d) => Object.assign(d, { trials: 7 }), 'trials must be a list'],
    [
      'a Trial that would refuse where it stands alone',
      (d) => Object.assign(d, { trials: [{ ...POLICY.trials?.[0], mode: 'Enforce' }] }),
      'trials[0].mode must be Audit',
    ],
  ] satisfies [string, (document: { [member: string]: Json }) => unknown, string][])(
    'refuses %s',
    (_, change, says) => {
      expect(parsePolicy(changed(change))).toMatchObject({
        kind: 'refused',
        problem: expect.stringContaining(says),
      });
    },
  );

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['null', 'null', 'must be an object'],
    ['a list', '[]', 'must be an object'],
    ['a version of other content', JSON.stringify({ ...POLICY, version: '0' }), 'do not belong together'],
    ['__proto__', `{"__proto__":{},${serializePolicy(POLICY).slice(1)}`, '__proto__ is not known'],
  ])('refuses %s', (_, json, says) => {
    expect(parsePolicy(json)).toMatchObject({ kind: 'refused', problem: expect.stringContaining(says) });
  });

  it.each([
    ['mode', '"mode":"Enforce"', '"mode":"Allow"', 'bindings[0].mode must be Enforce or Audit or Disabled'],
    ['authentication', '"authentication":"Required"', '"authentication":"Maybe"', 'authentication must be'],
    ['path type', '"type":"PathPrefix"', '"type":"Glob"', 'match.paths[0].type must be'],
    ['judgement', '"kind":"rules"', '"kind":"open"', 'judgement.kind must be invalid or rules'],
    ['credential', '"in":"Query"', '"in":"Body"', 'credentials[1].in must be'],
    ['key type', '"kty":"EC"', '"kty":"oct"', 'keys.keys[1].kty must be'],
    ['a private member', '"n":"AQ"', '"d":"AQ"', 'keys.keys[0].d is not known'],
    ['port', '[8080]', '[0]', 'ports[0] must be a port'],
    ['clock skew', '"clockSkew":30', '"clockSkew":-1', 'clockSkew must be a number from 0 up'],
  ])('refuses an unknown %s', (_, before, after, says) => {
    const json = serializePolicy(POLICY);
    expect(json).toContain(before);
    expect(parsePolicy(json.replace(before, after))).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining(says),
    });
  });

  it('refuses an unknown member wherever it stands', () => {
    const count = containers(JSON.parse(serializePolicy(POLICY))).length;
    for (let i = 0; i < count; i++) {
      const json = changed((document) => {
        const container = containers(document)[i];
        if (Array.isArray(container)) container.push({ unknown: 1 });
        else if (container !== undefined) container.unknown = 1;
      });
      expect(parsePolicy(json)).toMatchObject({
        kind: 'refused',
        problem: expect.stringContaining('cannot be read'),
      });
    }
  });

  it('never throws, and never quotes a value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parsePolicy(json).kind).toBe('refused');
      }),
    );
    const secret = 'c2VjcmV0LXZhbHVl';
    const refused = parsePolicy(serializePolicy(POLICY).replace('"mode":"Enforce"', `"mode":"${secret}"`));
    expect(JSON.stringify(refused)).not.toContain(secret);
  });
});

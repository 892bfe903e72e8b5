import { describe, expect, it } from 'vitest';
import { createPolicies } from '../planning/policies.ts';
import { type Coverage, findUnguarded } from './coverage.ts';
import { COVERAGE_REASONS } from './findings.ts';
import { GUARDED } from './testing/guarded.ts';
import { type Shape, SURROUNDINGS } from './testing/parts.ts';
import { UNGUARDED } from './testing/unguarded.ts';

function look({ changes, validators = [] }: Shape, namespace?: string): Coverage {
  const policies = createPolicies({ allowInsecureHttp: false });
  policies.apply([...SURROUNDINGS, ...changes]);
  const gatewayPods = (gateway: string) => (gateway === 'infra/public' ? validators : []);
  return findUnguarded({ policies, gatewayPods, namespace, version: '1.0.0', now: 1000 });
}

describe('coverage', () => {
  it.each(Object.entries(UNGUARDED))('finds %s', (_, { shape, found }) => {
    const { findings } = look(shape);
    expect(findings.map(({ reason, object }) => `${reason} ${object}`).toSorted()).toEqual(found);
    for (const { message, remedy } of findings) {
      expect(message).toMatch(/^[^\n]{10,}[^.]$/);
      expect(remedy).toMatch(/^[^\n]{10,}[^.]$/);
    }
  });

  it.each(Object.entries(GUARDED))('invents nothing: %s', (_, shape) => {
    expect(look(shape).findings).toEqual([]);
  });

  it('has a shape for every reason', () => {
    const shown = new Set(
      Object.values(UNGUARDED).flatMap(({ found }) => found.map((text) => text.split(' ')[0])),
    );
    expect(Object.keys(COVERAGE_REASONS).filter((reason) => !shown.has(reason))).toEqual([]);
  });

  it.each(Object.entries(UNGUARDED))('finds the same in the one namespace: %s', (_, { shape, found }) => {
    expect(look(shape, 'shop').findings).toHaveLength(found.length);
    expect(look(shape, 'other').findings).toEqual([]);
  });

  it('looks at one namespace where it is told to, and passes over none that is named', () => {
    const kube = GUARDED['what Kubernetes itself runs'];
    if (kube === undefined) throw new Error('no shape');
    expect(look(kube, 'kube-system').findings.map(({ object }) => object)).toEqual([
      'Service kube-system/metrics-server',
    ]);
    expect(look(kube)).toMatchObject({ leftOut: ['kube-system'], seen: { services: 0, pods: 0 } });
    expect(look(kube, 'shop').findings).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { finding, renderFinding } from './findings.ts';
import { FINDING_REASONS } from './reasons.ts';
import type { WrittenAt } from './set.ts';

const OBJECT = { kind: 'ApiBinding', namespace: 'shop', name: 'orders' };
const ORIGIN: WrittenAt = { file: 'orders.yaml', locate: (field) => ({ line: 4, column: field.length }) };

describe('finding', () => {
  it('has the severity of its reason and the place of its field', () => {
    const place = { object: OBJECT, origin: ORIGIN, field: 'spec.hosts' };
    expect(finding('Conflicted', place, 'm', 'r')).toEqual({
      severity: 'error',
      reason: 'Conflicted',
      object: OBJECT,
      file: 'orders.yaml',
      line: 4,
      column: 10,
      field: 'spec.hosts',
      message: 'm',
      remedy: 'r',
    });
    expect(finding('RuleUnreachable', { object: OBJECT, origin: undefined }, 'm', 'r')).toEqual({
      severity: 'warning',
      reason: 'RuleUnreachable',
      object: OBJECT,
      message: 'm',
      remedy: 'r',
    });
  });
});

describe('renderFinding', () => {
  it('is one line', () => {
    const place = { object: OBJECT, origin: ORIGIN, field: 'spec.hosts' };
    expect(renderFinding(finding('Invalid', place, 'a\nb\u2028c', 'do d'))).toBe(
      'orders.yaml:4:10: error: ApiBinding shop/orders: spec.hosts: a b c; do d (Invalid)',
    );
  });

  it('leaves out what is not known', () => {
    expect(renderFinding(finding('Unreadable', { object: undefined, origin: undefined }, 'a', 'b'))).toBe(
      'error: a; b (Unreadable)',
    );
  });
});

describe('the table of reasons', () => {
  it.each(Object.entries(FINDING_REASONS))(
    '%s is a reason that a condition can have',
    (reason, { meaning }) => {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    },
  );
});

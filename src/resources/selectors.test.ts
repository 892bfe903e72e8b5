import { describe, expect, it } from 'vitest';
import { type Labels, selectorMatches } from './selectors.ts';
import type { LabelSelector, LabelSelectorMatchExpression } from './types.gen.ts';

const labels: Labels = { team: 'shop', tier: 'web' };
const on = (condition: LabelSelectorMatchExpression): LabelSelector => ({ matchExpressions: [condition] });

describe('selectorMatches', () => {
  it.each<[string, LabelSelector, LabelSelector]>([
    ['matchLabels', { matchLabels: { team: 'shop' } }, { matchLabels: { team: 'ops' } }],
    [
      'every label',
      { matchLabels: { team: 'shop', tier: 'web' } },
      { matchLabels: { team: 'shop', tier: 'db' } },
    ],
    ['a label that is not there', { matchLabels: { team: 'shop' } }, { matchLabels: { zone: 'a' } }],
    ['an inherited name', { matchLabels: {} }, { matchLabels: { constructor: '' } }],
    [
      'In',
      on({ key: 'team', operator: 'In', values: ['ops', 'shop'] }),
      on({ key: 'team', operator: 'In', values: ['ops'] }),
    ],
    [
      'In of an absent label',
      on({ key: 'team', operator: 'In', values: ['shop'] }),
      on({ key: 'zone', operator: 'In', values: ['shop'] }),
    ],
    [
      'NotIn',
      on({ key: 'team', operator: 'NotIn', values: ['ops'] }),
      on({ key: 'team', operator: 'NotIn', values: ['shop'] }),
    ],
    [
      'NotIn of an absent label',
      on({ key: 'zone', operator: 'NotIn', values: ['a'] }),
      on({ key: 'tier', operator: 'NotIn', values: ['web'] }),
    ],
    ['Exists', on({ key: 'team', operator: 'Exists' }), on({ key: 'zone', operator: 'Exists' })],
    [
      'DoesNotExist',
      on({ key: 'zone', operator: 'DoesNotExist' }),
      on({ key: 'team', operator: 'DoesNotExist' }),
    ],
    [
      'both members',
      { matchLabels: { team: 'shop' }, ...on({ key: 'tier', operator: 'Exists' }) },
      { matchLabels: { team: 'shop' }, ...on({ key: 'zone', operator: 'Exists' }) },
    ],
  ])('%s', (_, matching, other) => {
    expect(selectorMatches(matching, labels)).toBe(true);
    expect(selectorMatches(other, labels)).toBe(false);
  });

  it('looks at objects without labels', () => {
    expect(selectorMatches({ matchLabels: { team: 'shop' } }, undefined)).toBe(false);
    expect(selectorMatches(on({ key: 'team', operator: 'DoesNotExist' }), undefined)).toBe(true);
  });

  it('matches nothing by an operator it does not know', () => {
    const selector = JSON.parse(
      '{"matchExpressions": [{"key": "team", "operator": "Like", "values": ["shop"]}]}',
    );
    expect(selectorMatches(selector, labels)).toBe(false);
  });
});

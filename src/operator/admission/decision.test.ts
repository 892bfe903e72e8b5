import { describe, expect, it } from 'vitest';
import { decide, type Remark, refuse } from './decision.ts';

const ABOUT = { group: 'portcullis.dev', kind: 'ApiBinding', name: 'orders' };

const remarks = (count: number, message = 'it is wrong'): readonly Remark[] =>
  Array.from({ length: count }, (_, i) => ({
    reason: 'InvalidPath',
    field: `spec.rules[${i}]`,
    message,
    remedy: 'mend it',
  }));

describe('a decision', () => {
  it('names 20 problems and counts the rest', () => {
    const decision = decide(ABOUT, remarks(23), []);
    if (decision.kind !== 'refused') throw new Error('allowed');
    const lines = decision.message.split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 3 more');
    expect(decision.causes).toHaveLength(21);
    expect(decide(ABOUT, remarks(20), [])).toMatchObject({ message: expect.not.stringContaining('more') });
  });

  it('says a warning once', () => {
    expect(decide(ABOUT, [], [...remarks(2), ...remarks(2)]).warnings).toHaveLength(2);
  });

  it('keeps its warnings below what an API server cuts', () => {
    const { warnings } = decide(ABOUT, [], remarks(100, 'x'.repeat(200)));
    expect(warnings.join('').length).toBeLessThan(4_096);
    expect(warnings.at(-1)).toMatch(/^and [0-9]+ more; /);
    const named = warnings.length - 1;
    expect(warnings.at(-1)).toContain(`and ${100 - named} more`);
  });

  it('says at least one, however long', () => {
    const { warnings } = decide(ABOUT, [], remarks(1, 'x'.repeat(9_000)));
    expect(warnings).toEqual([expect.stringMatching(/x…$/)]);
  });

  it.each([
    ['line breaks', 'a\r\nb', 'a b'],
    ['other controls', 'a\u0000b\u2028c\u0007', 'a b c'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
  ])('stays on one line: %s', (_, text, expected) => {
    expect(refuse('Forbidden', text)).toMatchObject({ code: 403, message: expected });
    const [warning = ''] = decide(ABOUT, [], remarks(1, text)).warnings;
    expect(warning).toMatch(/^[^\p{Cc}\u2028]+$/u);
  });
});

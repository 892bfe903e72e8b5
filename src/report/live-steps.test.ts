import { describe, expect, it } from 'vitest';
import { EXPLAINED_PER_SECOND } from './listeners.ts';
import { setUpLive } from './testing/live.ts';
import { notedCall, notedDecision } from './testing/noted.ts';

describe('with steps', () => {
  const steps = (finding = 'because') => [
    { step: 'rule', finding },
    { step: 'answer', finding: 'denied' },
  ];

  it('a decision has them for whoever asks, and for nobody else', () => {
    const { live, listen } = setUpLive();
    const [plain, explained, other] = [listen(), listen({}, true), listen({}, true)];
    let made = 0;
    live.tell(notedCall(), notedDecision(), 'denied', 0, () => {
      made += 1;
      return steps();
    });
    expect(plain.heard()[0]).not.toHaveProperty('steps', steps());
    expect([explained.heard()[0]?.steps, other.heard()[0]?.steps]).toEqual([steps(), steps()]);
    expect(plain.texts.join('')).not.toContain('"steps"');
    expect(made).toBe(1);
  });

  it('nothing is made where nobody asks, or nobody wants this one', () => {
    const { live, listen } = setUpLive();
    expect(live.isExplaining()).toBe(false);
    listen();
    expect(live.isExplaining()).toBe(false);
    const { stop } = listen({ binding: ['shop/other'] }, true);
    expect(live.isExplaining()).toBe(true);
    live.tell(notedCall(), notedDecision(), 'denied', 0, () => {
      throw new Error('it is not wanted');
    });
    stop?.();
    stop?.();
    expect(live.isExplaining()).toBe(false);
    listen({}, true);
    live.end();
    expect(live.isExplaining()).toBe(false);
  });

  it('fewer are told in a second, and what is left out is counted', () => {
    const { clock, live, listen } = setUpLive();
    const { heard, events } = listen({}, true);
    for (let i = 0; i < EXPLAINED_PER_SECOND + 5; i++)
      live.tell(notedCall(), notedDecision(), 'denied', 0, () => steps());
    expect(heard()).toHaveLength(EXPLAINED_PER_SECOND);
    clock.advance(1000);
    expect(events().at(-1)).toEqual({ kind: 'left-out', leftOut: { overRate: 5, slowReader: 0 } });
  });

  it('they are harmless, short, and not too many', () => {
    const { live, listen } = setUpLive();
    const { heard, texts } = listen({}, true);
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJl';
    const found = `a\u001b[31m\u202e ${token} ${'x'.repeat(100_000)}`;
    live.tell(notedCall(), notedDecision(), 'denied', 0, () => Array(5000).fill(steps(found)).flat());
    const told = heard()[0]?.steps ?? [];
    expect(told.length).toBeLessThanOrEqual(128);
    expect(told.at(-1)).toEqual({ step: 'answer', finding: 'denied' });
    expect(texts.join('').length).toBeLessThan(128 * 1024);
    expect(JSON.stringify(told)).not.toMatch(/\\u001b|\\u202e|\u202e|eyJ/);
  });
});

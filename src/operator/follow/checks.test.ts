import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../matching/json.ts';
import { following } from '../testing/following.ts';
import { raw } from '../testing/objects.ts';

const DEAR = Array.from({ length: 16 }, (_, i) => ({
  match: { paths: [{ type: 'RegularExpression', value: `/x{0,${400 + i}}` }] },
}));
const binding = (name: string, rules: readonly JsonValue[]) =>
  raw(`shop/${name}`, {
    spec: { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }], rules },
  });

describe('bindings that take long to check', () => {
  it('are told all at once at first, though others have a turn after each', async () => {
    let turns = 0;
    const { time, names } = following((api) => {
      for (let i = 0; i < 6; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    });
    const set = time.set.bind(time);
    time.set = (call, milliseconds) => {
      if (milliseconds === 0) turns += 1;
      return set(call, milliseconds);
    };
    await time.advance(200);
    expect(names()).toHaveLength(1);
    expect(
      names()
        .flat()
        .filter((name) => name.startsWith('ApiBinding')),
    ).toHaveLength(6);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('are told after those that are checked, and hold up nothing else', async () => {
    const { api, time, names } = following();
    await time.advance(100);
    for (let i = 0; i < 3; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    api.put('ApiBinding', binding('small', []));
    await time.advance(200);
    const later = names().slice(1);
    expect(later.flat()).toHaveLength(4);
    expect(later.length).toBeGreaterThanOrEqual(3);
  });

  it('are gone when they are deleted before their turn', async () => {
    const { api, time, names } = following();
    await time.advance(100);
    for (let i = 0; i < 3; i++) api.put('ApiBinding', binding(`dear${i}`, DEAR));
    api.remove('ApiBinding', 'shop/dear2');
    await time.advance(200);
    expect(names().flat().at(-1)).toBe('ApiBinding shop/dear2 gone');
  });
});

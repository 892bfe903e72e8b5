/** Tables of what a cluster has, and where requests go around the check in it. */

import { expect, it } from 'vitest';
import type { ObjectChange } from '../../cluster/objects.ts';
import { uncoveredTexts } from './stage.ts';

/** Of all of the route. */
export const ALL = 'HTTPRoute shop/web at Gateway infra/public';

/** Its one place, and a part of the reason; none: asked about. */
type Case = readonly [name: string, changes: readonly ObjectChange[], place?: string, why?: string];

export function check(cases: readonly Case[]): void {
  const named = cases.map(([name, changes, place, why = '']) => ({ name, changes, place, why }));
  it.each(named)('$name', ({ changes, place, why }) => {
    const texts = uncoveredTexts(...changes);
    if (place === undefined) return expect(texts).toEqual([]);
    expect(texts).toHaveLength(1);
    expect(texts[0]?.slice(0, place.length + 2)).toBe(`${place}: `);
    expect(texts[0]).toContain(why);
  });
}

import { beforeEach, expect, it } from 'vitest';
import { createHearing, type Hearing, LATELY } from './hearing.ts';

const ROUTE = { kind: 'HTTPRoute', namespace: 'shop', name: 'web' } as const;

let now: number;
let hearing: Hearing;
beforeEach(() => {
  now = 5;
  hearing = createHearing(() => now);
});

it('says nothing of the gateway before that has asked', () => {
  expect(hearing.heard()).toEqual({ wasAsked: false, tellsRoutes: undefined });
});

it('says that the gateway tells routes where it always does', () => {
  hearing.note({ route: ROUTE });
  hearing.note({ route: 'Unreadable' });
  expect(hearing.heard()).toEqual({ wasAsked: true, tellsRoutes: true });
});

it('says that it does not where it never does, however long ago', () => {
  hearing.note({});
  expect(hearing.heard()).toEqual({ wasAsked: true, tellsRoutes: false });
  now += 10 * LATELY;
  expect(hearing.heard()).toEqual({ wasAsked: true, tellsRoutes: false });
});

it('says so for a while after a single check without a route', () => {
  hearing.note({ route: ROUTE });
  hearing.note({ route: undefined });
  expect(hearing.heard().tellsRoutes).toBe(false);
  now += LATELY;
  hearing.note({ route: ROUTE });
  expect(hearing.heard().tellsRoutes).toBe(false);
  now += 1;
  expect(hearing.heard().tellsRoutes).toBe(true);
  hearing.note({});
  expect(hearing.heard().tellsRoutes).toBe(false);
});

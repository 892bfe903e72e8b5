import { expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { own, review } from '../testing/admission.ts';
import { bounded, MOST_VALUES } from './bounds.ts';
import { ALLOWED } from './decision.ts';
import { parseReview } from './review.ts';

function ask(spec: JsonObject, operation: 'CREATE' | 'UPDATE' | 'DELETE' = 'CREATE') {
  const object = own('ApiBinding', 'shop/b', spec);
  const parsed = parseReview(review({ kind: 'ApiBinding', operation, object, oldObject: object }));
  if (parsed.kind === 'malformed') throw new Error(parsed.problem);
  return bounded(async () => ALLOWED)(parsed.request);
}

function deep(levels: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

it.each<[string, JsonObject, string]>([
  ['many values', { x: Array.from({ length: MOST_VALUES }, () => 1) }, 'more than 20000 values'],
  [
    'many members',
    Object.fromEntries(Array.from({ length: MOST_VALUES }, (_, i) => [`${i}`, 1])),
    '20000 values',
  ],
  ['many levels', { x: deep(100_000) }, 'more than 64 levels'],
])('refuses an object with too %s, but lets it be deleted', async (_, spec, message) => {
  expect(await ask(spec)).toMatchObject({ code: 422, message: expect.stringContaining(message) });
  expect(await ask(spec, 'UPDATE')).toMatchObject({ code: 422 });
  expect(await ask(spec, 'DELETE')).toEqual(ALLOWED);
});

it('lets through what is within the bounds', async () => {
  expect(await ask({ x: Array.from({ length: MOST_VALUES - 100 }, () => 1), y: deep(50) })).toEqual(ALLOWED);
});

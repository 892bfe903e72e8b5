import { expect, it } from 'vitest';
import { microTime } from './microtime.ts';

it('has six digits after the second', () => {
  expect(microTime(Date.parse('2026-11-23T12:00:00.5Z'))).toBe('2026-11-23T12:00:00.500000Z');
});

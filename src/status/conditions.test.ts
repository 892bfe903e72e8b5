import { describe, expect, it } from 'vitest';
import { sentence } from './conditions.ts';

describe('a sentence', () => {
  it.each([
    ['1 key serves; the last fetch failed', '1 key serves; the last fetch failed.'],
    ['there is no Service shop/orders', 'There is no Service shop/orders.'],
    ['Who is it?', 'Who is it?'],
    ['it is so.', 'It is so.'],
    [' it is so ', 'It is so.'],
  ])('begins with a capital and ends: %s', (text, written) => {
    expect(sentence(text)).toBe(written);
  });

  it.each([
    'spec.hosts: another binding has it',
    'spec.jwt.keys: it is damaged',
    'spec: it is empty',
    "metadata.annotations['x.y']: no",
  ])('leaves a field as it is written: %s', (text) => {
    expect(sentence(text)).toBe(`${text}.`);
  });
});

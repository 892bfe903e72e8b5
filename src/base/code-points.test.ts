import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codePointAt, widthAt } from './code-points.ts';

it('is what the language says, also outside the text and in the middle of a pair', () => {
  const units = fc.constantFrom('a', 'é', '漢', '😀', '\ud83d', '\ude00');
  fc.assert(
    fc.property(fc.array(units), fc.integer({ min: -2, max: 12 }), (parts, at) => {
      const text = parts.join('');
      expect(codePointAt(text, at)).toBe(at < 0 ? undefined : text.codePointAt(at));
      expect(widthAt(text, at)).toBe(at >= 0 && (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    }),
  );
});

it('is what src/ reads text by', () => {
  const root = join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('.gen.'),
  );
  const others = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('.codePointAt('));
  expect(others).toEqual([]);
});

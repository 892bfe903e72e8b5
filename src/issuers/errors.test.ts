import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fetchFailed, ISSUER_ERRORS } from './errors.ts';

const codes = Object.keys(ISSUER_ERRORS);

it('each reason is its code in CamelCase', () => {
  for (const [code, reason] of Object.entries(ISSUER_ERRORS)) {
    const words = code.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
    expect(reason).toBe(words.join(''));
  }
});

it('the schema, and the troubleshooting page under its heading, know these codes and no others', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const [, list] =
    /enum: \[([A-Z_, ]*MISSING_JWKS[A-Z_, ]*)\]/.exec(read('crds/authenticationsources.yaml')) ?? [];
  expect(list?.split(', ').sort()).toEqual([...codes].sort());

  const [, section = ''] = read('docs/troubleshooting.md').split(
    /^## The identity provider cannot be read$/m,
  );
  const [own = ''] = section.split(/^## /m);
  expect([...own.matchAll(/^### `(\w+)`/gm)].map(([, code]) => code).sort()).toEqual([...codes].sort());
});

it('a message never outgrows its place in the status', () => {
  expect(fetchFailed('URL_INVALID', 'a'.repeat(5000)).error.message).toHaveLength(1024);
});

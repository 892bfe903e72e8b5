import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { errorCode } from './error-code.ts';

const withCode = (code: unknown) => Object.assign(new Error('secret'), { code });

it('is what the system says', async () => {
  const error: unknown = await open('/does/not/exist').catch((thrown: unknown) => thrown);
  expect(errorCode(error)).toBe('ENOENT');
  expect(errorCode(withCode('ERR_SSL_WRONG_VERSION_NUMBER'))).toBe('ERR_SSL_WRONG_VERSION_NUMBER');
});

it.each([
  new Error('secret'),
  withCode(20),
  withCode('some text'),
  withCode(`E${'X'.repeat(70)}`),
  { code: 'ENOENT' },
  'ENOENT',
  undefined,
])('is undefined for %s', (error) => {
  expect(errorCode(error)).toBeUndefined();
});

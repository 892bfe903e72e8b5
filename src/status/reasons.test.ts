import { expect, it } from 'vitest';
import { FINDING_REASONS } from '../resources/reasons.ts';
import { TARGET_REASONS } from '../targets/reasons.ts';
import { BINDING_CONDITIONS, type ConditionText, SOURCE_CONDITIONS } from './reasons.ts';

const kinds: Readonly<Record<string, Readonly<Record<string, ConditionText>>>> = {
  AuthenticationSource: SOURCE_CONDITIONS,
  ApiBinding: BINDING_CONDITIONS,
};

it.each(Object.keys(kinds))('%s has reasons that the schema takes, with what to do', (kind) => {
  for (const { meaning, reasons } of Object.values(kinds[kind] ?? {})) {
    expect(meaning).toMatch(/\.$/);
    for (const [reason, text] of Object.entries(reasons)) {
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(text.meaning).toMatch(/\.$/);
      expect(text.remedy).toMatch(/\.$/);
    }
  }
});

it('has every error of a manifest that an object in a cluster can have', () => {
  const known = new Set(
    Object.values(kinds).flatMap((conditions) =>
      Object.values(conditions).flatMap(({ reasons }) => Object.keys(reasons)),
    ),
  );
  const errors = Object.entries(FINDING_REASONS).flatMap(([reason, { severity }]) =>
    severity === 'error' ? [reason] : [],
  );
  expect(errors.filter((reason) => !known.has(reason))).toEqual(['Unreadable', 'Duplicate', 'TLSInvalid']);
  expect(Object.keys(TARGET_REASONS).filter((reason) => !known.has(reason))).toEqual([]);
});

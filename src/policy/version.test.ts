import { describe, expect, it } from 'vitest';
import { digest } from '../base/canonical-json.ts';
import { POLICY } from './testing/policy.ts';
import { policyVersion } from './version.ts';

describe('policyVersion', () => {
  it('is SHA-256 in hexadecimal, and the same for equal content', () => {
    expect(policyVersion(POLICY)).toMatch(/^[0-9a-f]{64}$/);
    expect(policyVersion(structuredClone(POLICY))).toBe(policyVersion(POLICY));
  });

  it('moves with any content, and with nothing else', () => {
    const before = policyVersion(POLICY);
    expect(policyVersion({ ...POLICY, bindings: [] })).not.toBe(before);
    expect(policyVersion({ ...POLICY, trials: [] })).not.toBe(before);
    expect(policyVersion({ ...POLICY, sources: POLICY.sources.slice(1) })).not.toBe(before);
    expect(policyVersion({ ...POLICY, bindings: POLICY.bindings.toReversed() })).not.toBe(before);
    const [first, ...others] = POLICY.bindings;
    if (first === undefined) throw new Error('no binding');
    expect(policyVersion({ ...POLICY, bindings: [{ ...first, mode: 'Audit' }, ...others] })).not.toBe(before);
    expect(digest({ version: POLICY.version })).not.toBe(before);
    expect(policyVersion(POLICY)).toBe(before);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishSteps } from '../base/steps.ts';
import { readSourcePolicy } from '../sources/kinds.ts';
import {
  parseEnvelopeInSteps,
  parseRefresh,
  parseRefreshed,
  serializeEnvelope,
  serializeRefresh,
  serializeRefreshed,
} from './envelope.ts';
import { POLICY } from './testing/policy.ts';

const parseEnvelope = (json: string) => finishSteps(parseEnvelopeInSteps(json, readSourcePolicy));

/** A member of this name sends the writer of JSON on its recursive way. */
const DEEP = '[{"toJSON":1,"a":';
const SECRET = 'c2VjcmV0LXZhbHVl';

const body = (changes: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ policy: POLICY, secrets: {}, ...changes });

describe('an envelope', () => {
  it('is read as it was written, whatever the secrets are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.uint8Array())), (entries) => {
        const secrets = new Map(entries);
        expect(parseEnvelope(serializeEnvelope(POLICY, secrets))).toEqual({
          kind: 'envelope',
          policy: POLICY,
          secrets,
        });
      }),
    );
  });

  it('takes a secret of a name that objects have by themselves', () => {
    const secrets = new Map([['__proto__', new Uint8Array([1])]]);
    expect(parseEnvelope(serializeEnvelope(POLICY, secrets))).toMatchObject({ secrets });
  });

  it.each([
    ['no JSON', '{', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['null', 'null', 'must be an object'],
    ['a list', '[]', 'must be an object'],
    ['the policy alone', JSON.stringify(POLICY), 'policy is missing'],
    ['no secrets', JSON.stringify({ policy: POLICY }), 'secrets is missing'],
    ['something else', body({ extra: 1 }), 'extra is not known'],
    ['secrets as a list', body({ secrets: [] }), 'secrets must be an object'],
    ['a secret that is a number', body({ secrets: { a: 7 } }), 'secrets must hold base64 alone'],
    ['a secret in base64url', body({ secrets: { a: '-_-_' } }), 'secrets must hold base64 alone'],
    ['a secret without padding', body({ secrets: { a: 'YQ' } }), 'secrets must hold base64 alone'],
    ['a secret with white space', body({ secrets: { a: 'YWFh\n' } }), 'secrets must hold base64 alone'],
    ['another version', body({ policy: { ...POLICY, version: '0' } }), 'do not belong together'],
    ['another format', body({ policy: { ...POLICY, format: 2 } }), 'format must be 1'],
    ['a policy that is null', body({ policy: null }), 'must be an object'],
    ['endless depth', `{"policy":${'['.repeat(1e6)}${']'.repeat(1e6)},"secrets":{}}`, 'must be an object'],
    ['great depth', `{"policy":${DEEP.repeat(1e6)}0${'}]'.repeat(1e6)},"secrets":{}}`, 'must be an object'],
  ])('of %s is refused', (_, json, says) => {
    expect(parseEnvelope(json)).toMatchObject({ kind: 'refused', problem: expect.stringContaining(says) });
  });

  it('never throws, and a problem never quotes a secret or its name', () => {
    fc.assert(fc.property(fc.json(), (json) => parseEnvelope(json).kind === 'refused'));
    for (const secrets of [{ [SECRET]: 7 }, { a: `${SECRET}!` }, [SECRET], SECRET]) {
      expect(JSON.stringify(parseEnvelope(body({ secrets })))).not.toContain(SECRET);
    }
  });
});

describe('the question for fresher keys, and its answer', () => {
  it('are read as they were written', () => {
    expect(parseRefresh(serializeRefresh('7c0f'))).toBe('7c0f');
    expect(parseRefreshed(serializeRefreshed('abc'))).toBe('abc');
  });

  it.each(['', '{', 'null', '[]', '{}', '{"source":1,"version":1}', '{"source":"a","version":"b"}'])(
    '%s is neither',
    (json) => {
      expect([parseRefresh(json), parseRefreshed(json)]).toEqual([undefined, undefined]);
    },
  );
});

import { expect, it } from 'vitest';
import { finishSteps } from '../../base/steps.ts';
import { parseEnvelopeInSteps } from '../../policy/envelope.ts';
import { readSourcePolicy } from '../../sources/kinds.ts';
import { updateOf } from '../testing/policy-server.ts';
import { createBodies } from './bodies.ts';

const parseEnvelope = (json: string) => finishSteps(parseEnvelopeInSteps(json, readSourcePolicy));

const secret = (text: string) => ({ secrets: new Map([['shop/s/k', new TextEncoder().encode(text)]]) });

it('the same policy is written once', () => {
  const bodies = createBodies();
  const body = bodies.of(updateOf('a'));
  expect(parseEnvelope(body.toString())).toMatchObject({ kind: 'envelope', policy: updateOf('a').policy });
  expect(bodies.of(updateOf('a'))).toBe(body);
  expect(bodies.of(updateOf('a', { checked: 1 }))).toBe(body);
  expect(bodies.of(updateOf('b'))).not.toBe(body);
});

it('a secret with other bytes is never the one from before', () => {
  const bodies = createBodies();
  const body = bodies.of({ ...updateOf('a'), ...secret('one') });
  expect(bodies.of({ ...updateOf('a'), ...secret('one') })).toBe(body);
  expect(bodies.of({ ...updateOf('a'), ...secret('two') })).not.toBe(body);
  expect(parseEnvelope(bodies.of({ ...updateOf('a'), ...secret('two') }).toString())).toMatchObject(
    secret('two'),
  );
  expect(bodies.of(updateOf('a'))).not.toBe(body);
});

it('those that were wanted last are kept, up to so many bytes, and one in any case', () => {
  const length = createBodies().of(updateOf('a')).length;
  const bodies = createBodies(2 * length);
  const [a, b] = [bodies.of(updateOf('a')), bodies.of(updateOf('b'))];
  expect(bodies.of(updateOf('a'))).toBe(a);
  bodies.of(updateOf('c'));
  expect(bodies.of(updateOf('a'))).toBe(a);
  expect(bodies.of(updateOf('b'))).not.toBe(b);
  const small = createBodies(1);
  expect(small.of(updateOf('a'))).toBe(small.of(updateOf('a')));
});

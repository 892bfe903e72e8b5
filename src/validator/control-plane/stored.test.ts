import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetched, hmac, policyOf, UNAVAILABLE } from '../testing/policies.ts';
import { hold } from './held.ts';
import { parseStored, serializeStored } from './stored.ts';

const ORIGIN = { url: 'https://portcullis.svc/', gateway: '' };
const NOW = 1_800_000_000;
const SECRET = new TextEncoder().encode('a secret that must never be on disk');

const HELD = hold(
  {
    policy: policyOf('a', [fetched(), hmac()]),
    secrets: new Map([['shop/s/k', SECRET]]),
    keysChecked: new Map([['uid-okta', NOW - 60]]),
  },
  undefined,
  NOW,
);
const TEXT = serializeStored(HELD, NOW, ORIGIN);

const changed = (changes: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...JSON.parse(TEXT), ...changes });

describe('what is stored', () => {
  it('is read as it was written, without the secrets', () => {
    expect(parseStored(TEXT, ORIGIN)).toEqual({
      kind: 'stored',
      confirmedAt: NOW,
      held: { ...HELD, secrets: new Map(), lacksSecrets: true },
    });
    for (const form of ['base64', 'base64url', 'hex', 'utf8'] as const) {
      expect(TEXT).not.toContain(Buffer.from(SECRET).toString(form));
    }
  });

  it('lacks no secret where none is needed', () => {
    const held = { ...HELD, policy: policyOf('a') };
    expect(parseStored(serializeStored(held, NOW, ORIGIN), ORIGIN)).toMatchObject({
      held: { lacksSecrets: false },
    });
  });

  it('has the version that was sent, though keys were kept', () => {
    const sent = policyOf('b', [fetched(UNAVAILABLE)]);
    const held = hold({ policy: sent, secrets: new Map(), keysChecked: new Map() }, HELD, NOW);
    expect(parseStored(serializeStored(held, NOW, ORIGIN), ORIGIN)).toMatchObject({
      held: { policy: { version: sent.version, sources: [fetched()] }, kept: new Set(['uid-okta']) },
    });
  });
});

it.each([
  ['an empty file', '', 'is broken'],
  ['half a file', TEXT.slice(0, TEXT.length / 2), 'is broken'],
  ['zeros', '\0'.repeat(100), 'is broken'],
  ['null', 'null', 'cannot be read'],
  ['a policy alone', JSON.stringify(HELD.policy), 'cannot be read'],
  ['another format', changed({ format: 2 }), 'format must be 1'],
  ['something unknown', changed({ extra: 1 }), 'extra is not known'],
  ['a time that is none', changed({ confirmedAt: -1 }), 'confirmedAt must be a number'],
  ['another control plane', changed({ url: 'https://other/' }), 'another control plane'],
  ['another gateway', changed({ gateway: 'shop/edge' }), 'another gateway'],
  ['no policy', changed({ policy: null }), 'cannot be used'],
  ['other content', TEXT.replace('"x-auth-user"', '"x-other-user"'), 'do not belong together'],
])('%s is refused', (_, text, problem) => {
  expect(parseStored(text, ORIGIN)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
});

it('whatever a file holds: nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseStored(text, ORIGIN).kind === 'refused'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(JSON.parse(TEXT))), fc.jsonValue(), (name, value) => {
      parseStored(changed({ [name]: value }), ORIGIN);
    }),
  );
});

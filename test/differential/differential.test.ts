/** Thousands of tokens, good and bad, judged by us and by other libraries: whatever they refuse, we refuse. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishSteps } from '../../src/base/steps.ts';
import { ALGORITHM_NAMES, ALGORITHMS, type Algorithm } from '../../src/keys/algorithms.ts';
import { indexSources } from '../../src/sources/jwt/issuer.ts';
import type { JwtPolicy } from '../../src/sources/jwt/policy.ts';
import { prepareSource } from '../../src/sources/jwt/source.ts';
import { sourcePolicy } from '../support/policy.ts';
import { publicJwk, secretBytes } from '../support/tokens.ts';
import { CLAIMS, NOW, verifyToken } from '../support/verification.ts';
import { forge, type Mutation, PUBLIC_KEYS, SECRET_KEY } from './forge.ts';
import { CLAIMS_MUTATIONS } from './mutations/claims.ts';
import { FORM_MUTATIONS } from './mutations/form.ts';
import { HEADER_MUTATIONS } from './mutations/header.ts';
import { SIGNATURE_MUTATIONS } from './mutations/signature.ts';
import { othersAccept } from './oracle.ts';
import { readLeniently, STRICTNESS } from './strictness.ts';

type Changes = Partial<JwtPolicy>;

const MUTATIONS = [...HEADER_MUTATIONS, ...CLAIMS_MUTATIONS, ...FORM_MUTATIONS, ...SIGNATURE_MUTATIONS];
const GOOD = { ...CLAIMS, aud: ['x', 'api'], nbf: NOW - 60 };
const PUBLIC = { kind: 'public', keys: PUBLIC_KEYS.map((alg) => publicJwk(alg, alg)) } as const;
const HMAC = { kind: 'hmac', keys: [{ kid: SECRET_KEY, secret: 's', secretRevision: '1' }] } as const;
const SECRETS = new Map([['s', secretBytes(SECRET_KEY, SECRET_KEY)]]);

const strictnessSeen = new Set<string>();
const agreed = { accepted: 0, refused: 0 };

/** What may not be: undefined where both agree, or where we are stricter for a reason of the table. */
async function disagreement(
  alg: Algorithm,
  changes: Changes,
  mutations: readonly Mutation[],
): Promise<string | undefined> {
  const policy = sourcePolicy({ ...changes, keys: ALGORITHMS[alg].family === 'HMAC' ? HMAC : PUBLIC });
  const token = forge(alg, GOOD, mutations);
  const ours = verifyToken(
    token,
    indexSources([finishSteps(prepareSource(policy, SECRETS, undefined))]),
    NOW,
  );
  const theirs = await othersAccept(token, policy, NOW);
  if ((ours.kind === 'verified') === theirs) {
    agreed[theirs ? 'accepted' : 'refused'] += 1;
    return undefined;
  }

  const story = `${alg} ${JSON.stringify(changes)} ${mutations.map(({ name }) => name).join(' + ')}`.slice(
    0,
    300,
  );
  if (ours.kind === 'verified') return `too lenient: ${story}`;
  const reading = readLeniently(token);
  const rows = STRICTNESS.filter(({ reason, applies }) => reason === ours.reason && applies(reading));
  for (const { name } of rows) strictnessSeen.add(name);
  return rows.length > 0 ? undefined : `too strict, ${ours.reason}: ${story}`;
}

const POLICIES: Readonly<Record<string, readonly Changes[]>> = {
  clockSkew: [{ clockSkew: 0 }, { clockSkew: 30 }, { clockSkew: 600 }],
  issuers: [{}, { issuers: [] }, { issuers: ['https://other.example', 'https://issuer.example'] }],
  audiences: [{}, { audiences: ['api'] }, { audiences: ['other', 'api'] }],
  expiration: [{}, { expiration: 'Optional' }],
  maxTokenAge: [{}, { maxTokenAge: 300 }],
  algorithms: [
    {},
    {},
    { algorithms: ['RS256', 'ES512', 'HS384', 'EdDSA'] },
    { algorithms: ['Ed25519', 'ES256K'] },
  ],
  tokenTypes: [{}, {}, { tokenTypes: ['at+jwt'] }, { tokenTypes: ['JWT'] }],
};

const anyPolicy = fc
  .tuple(...Object.values(POLICIES).map((choices) => fc.constantFrom(...choices)))
  .map((changes): Changes => Object.assign({}, ...changes));

const anyMutation = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...MUTATIONS) },
  { weight: 1, arbitrary: anyEdit() },
);

/** One character of the finished token replaced, inserted or removed. */
function anyEdit(): fc.Arbitrary<Mutation> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.integer({ min: 0, max: 2 }),
    insert: fc.string({ unit: fc.constantFrom(...'Ae0-_.=+/ \n\0é'), maxLength: 2 }),
  });
  return edit.map(({ at, remove, insert }) => ({
    name: `at ${at.toFixed(3)} ${remove} characters replaced by ${JSON.stringify(insert)}`,
    token: (token) => {
      const place = Math.floor(at * token.length);
      return token.slice(0, place) + insert + token.slice(place + remove);
    },
  }));
}

describe.each(ALGORITHM_NAMES)('%s', { timeout: 60_000 }, (alg) => {
  it('a good token passes on both sides', async () => {
    const policy = sourcePolicy({ keys: ALGORITHMS[alg].family === 'HMAC' ? HMAC : PUBLIC });
    const token = forge(alg, GOOD, []);
    const ours = verifyToken(
      token,
      indexSources([finishSteps(prepareSource(policy, SECRETS, undefined))]),
      NOW,
    );
    expect([ours.kind, await othersAccept(token, policy, NOW)]).toEqual(['verified', true]);
  });

  it(`each of ${MUTATIONS.length} mutations by itself`, async () => {
    const found: string[] = [];
    for (const mutation of MUTATIONS) {
      const difference = await disagreement(alg, {}, [mutation]);
      if (difference !== undefined) found.push(difference);
    }
    expect(found).toEqual([]);
  });

  it('mutations together, under any policy', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicy, fc.array(anyMutation, { maxLength: 3 }), async (changes, mutations) => {
        expect(await disagreement(alg, changes, mutations)).toBeUndefined();
      }),
      { numRuns: 200, seed: 20_261_123, endOnFailure: true },
    );
  });
});

it('every row of the table of strictness was needed', () => {
  expect(STRICTNESS.map(({ name }) => name).filter((name) => !strictnessSeen.has(name))).toEqual([]);
});

it('both verdicts were common', () => {
  expect(agreed.accepted).toBeGreaterThan(1000);
  expect(agreed.refused).toBeGreaterThan(1000);
});

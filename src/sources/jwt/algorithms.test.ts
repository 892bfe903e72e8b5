import { describe, expect, it } from 'vitest';
import { publicJwk, signingKey, token } from '../../../test/support/tokens.ts';
import {
  CLAIMS,
  NOW,
  PUBLIC_ALGORITHMS,
  reasonOf,
  SECRET_ALGORITHMS,
  sourcesOf,
  worldFor,
} from '../../../test/support/verification.ts';
import { inspect } from './inspect.ts';

describe('every algorithm', () => {
  it.each([...PUBLIC_ALGORITHMS, ...SECRET_ALGORITHMS])('%s: its own signature and no other', async (alg) => {
    const good = token({ alg, claims: CLAIMS });
    expect(reasonOf(good, worldFor(alg))).toBe('verified');
    expect(
      reasonOf(`${good.slice(0, -6)}${good.at(-6) === 'A' ? 'B' : 'A'}${good.slice(-5)}`, worldFor(alg)),
    ).toBe('signature_invalid');
    expect(reasonOf(`${good.slice(0, good.lastIndexOf('.'))}.`, worldFor(alg))).toBe('signature_invalid');
    const other = signingKey(alg, 'other');
    const header = other.kind === 'pair' ? { kid: 'a' } : {};
    expect(reasonOf(token({ alg, key: other, header, claims: CLAIMS }), worldFor(alg))).toBe(
      'signature_invalid',
    );
  });

  it.each([...PUBLIC_ALGORITHMS, ...SECRET_ALGORITHMS])('%s: the same off the main thread', async (alg) => {
    for (const [name, expected] of [
      ['a', 'verified'],
      ['other', 'refused'],
    ] as const) {
      const key = signingKey(alg, name);
      const header = key.kind === 'pair' ? { kid: 'a' } : {};
      const inspection = inspect(token({ alg, key, header, claims: CLAIMS }), sourcesOf(worldFor(alg)), NOW);
      if (inspection.kind !== 'verify') throw new Error(inspection.refusal.reason);
      const { job } = inspection;
      expect(job.conclude(await job.checkSignatureAsync()).kind).toBe(expected);
    }
  });

  it.each(PUBLIC_ALGORITHMS.filter((alg) => alg !== 'RS256' && alg !== 'EdDSA'))(
    '%s is not another one',
    (alg) => {
      const header = { alg: alg.replace('P', 'R').replace('ES256K', 'ES256').replace('ES384', 'ES512') };
      if (header.alg === alg) header.alg = alg === 'ES256' ? 'ES256K' : 'RS256';
      expect(reasonOf(token({ alg, header, claims: CLAIMS }), worldFor(alg))).not.toBe('verified');
    },
  );
});

describe('algorithm_not_allowed', () => {
  it.each([
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'rs256',
    'RS256 ',
    'HS1',
    'RS1',
    'ES521',
    'ES256k',
    'A256GCM',
    'Ed448',
    '__proto__',
    'toString',
  ])('refuses alg %j', (alg) => {
    expect(reasonOf(token({ header: { alg }, claims: CLAIMS }))).toBe('algorithm_not_allowed');
    const bare = token({ header: { alg }, claims: CLAIMS });
    expect(reasonOf(bare.slice(0, bare.lastIndexOf('.') + 1))).toBe('algorithm_not_allowed');
  });

  it('refuses what is not on the allow-list, and takes what is', () => {
    const good = token({ claims: CLAIMS });
    expect(reasonOf(good, { policy: { algorithms: ['RS512'] } })).toBe('algorithm_not_allowed');
    expect(reasonOf(good, { policy: { algorithms: ['RS512', 'RS256'] } })).toBe('verified');
    expect(reasonOf(good, { policy: { algorithms: ['no such'] } })).toBe('algorithm_not_allowed');
  });

  it('takes EdDSA and Ed25519 for one', () => {
    const world = worldFor('EdDSA');
    for (const alg of ['EdDSA', 'Ed25519']) {
      for (const allowed of ['EdDSA', 'Ed25519']) {
        const policy = { ...world.policy, algorithms: [allowed] };
        expect(reasonOf(token({ alg: 'EdDSA', header: { alg }, claims: CLAIMS }), { policy })).toBe(
          'verified',
        );
      }
    }
  });

  it('never verifies an HMAC made with a public key', () => {
    const key = signingKey('RS256');
    if (key.kind !== 'pair') throw new Error('no pair');
    const pem = Buffer.from(JSON.stringify(publicJwk('RS256')));
    const forged = token({
      alg: 'HS256',
      key: { kind: 'secret', bytes: pem },
      header: { kid: 'a' },
      claims: CLAIMS,
    });
    expect(reasonOf(forged)).toBe('algorithm_not_allowed');
  });

  it('never takes a public-key algorithm where the keys are secrets', () => {
    expect(reasonOf(token({ claims: CLAIMS }), worldFor('HS256'))).toBe('algorithm_not_allowed');
  });

  it('binds the algorithm to the curve, and to the alg of the key', () => {
    const onP256 = token({ alg: 'ES256', header: { alg: 'ES256K' }, claims: CLAIMS });
    expect(reasonOf(onP256, worldFor('ES256'))).toBe('algorithm_not_allowed');
    const keys = { kind: 'public', keys: [publicJwk('RS256', 'a', { alg: 'RS512' })] } as const;
    expect(reasonOf(token({ claims: CLAIMS }), { policy: { keys } })).toBe('algorithm_not_allowed');
  });
});

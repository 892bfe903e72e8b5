import { describe, expect, it } from 'vitest';
import { yaml } from '../../test/support/manifests.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { CLAIMS } from '../../test/support/verification.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import { fetchKeys } from './keys.ts';
import { explain, ISSUER, joe, ORDERS_URL, okta, orders } from './testing/explain.ts';

describe('keys that are fetched', () => {
  const discovered = yaml([okta({ keys: undefined }), orders()]);
  const state = (changes: Partial<IssuerState>): IssuerState => ({
    keys: undefined,
    jwksURI: undefined,
    checkedAt: undefined,
    changedAt: undefined,
    error: undefined,
    ...changes,
  });

  it('are fetched once, and count as of the time of the judgement', async () => {
    let fetches = 0;
    const fetch = () => {
      fetches++;
      return Promise.resolve(state({ keys: [publicJwk('RS256')], jwksURI: `${ISSUER}/keys` }));
    };
    const { told, code } = await explain(discovered, `GET ${ORDERS_URL}/`, ['--token', joe()], { fetch });
    expect({ code, fetches }).toEqual({ code: 0, fetches: 1 });
    expect(told.steps).toContainEqual({
      step: 'token',
      finding: 'the keys of shop/okta: 1 fetched from https://issuer.example/keys',
    });
  });

  it('are not fetched where the token is refused without them', async () => {
    const none = token({ alg: 'HS256', claims: { ...CLAIMS, aud: 'api' } });
    expect((await explain(discovered, `GET ${ORDERS_URL}/`, ['--token', none])).told.reason).toBe(
      'algorithm_not_allowed',
    );
    expect((await explain(discovered, `GET ${ORDERS_URL}/`)).told.reason).toBe('token_missing');
  });

  it('say why they are not there', async () => {
    const error = { code: 'UNKNOWN_HOST', message: 'The name cannot be resolved.' } as const;
    const { told, code } = await explain(discovered, `GET ${ORDERS_URL}/`, ['--token', joe()], {
      fetch: () => Promise.resolve(state({ error })),
    });
    expect({ code, reason: told.reason, status: told.status }).toEqual({
      code: 3,
      reason: 'keys_unavailable',
      status: 503,
    });
    expect(told.steps).toContainEqual({
      step: 'token',
      finding: 'the keys of shop/okta cannot be fetched: UNKNOWN_HOST: The name cannot be resolved.',
    });
  });

  it.each(['http://issuer.example', 'https://127.0.0.1:1'])('are never fetched from %s', async (issuer) => {
    const manifests = yaml([okta({ issuer, keys: undefined }), orders()]);
    const { told } = await explain(manifests, `GET ${ORDERS_URL}/`, ['--token', joe({ iss: issuer })], {
      fetch: fetchKeys,
    });
    expect(told.reason).toBe('keys_unavailable');
    expect(told.steps).toContainEqual({ step: 'token', finding: expect.stringContaining('URL_INVALID') });
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { failed, ok } from './errors.ts';
import { reviewToken } from './token-review.ts';

const answering = (status: JsonObject) => ({ review: async () => ok<JsonObject>({ status }) });
const USER = {
  username: 'system:serviceaccount:shop:orders',
  uid: 'u',
  groups: ['g'],
  extra: { pod: ['p'] },
};

describe('reviewToken', () => {
  it('tells whose token it is', async () => {
    const client = answering({ authenticated: true, user: USER, audiences: ['other', 'portcullis'] });
    expect(await reviewToken(client, 'token', ['portcullis'])).toEqual(
      ok({ kind: 'authenticated', user: USER, audiences: ['portcullis'] }),
    );
  });

  it.each<readonly [string, JsonObject]>([
    ['a token that nobody knows', { authenticated: false, error: 'token is secret' }],
    ['a token for the API server itself', { authenticated: true, user: USER }],
    ['a token for another audience', { authenticated: true, user: USER, audiences: ['other'] }],
    ['a yes that is no boolean', { authenticated: 'true', user: USER, audiences: ['portcullis'] }],
    ['nobody', { authenticated: true, audiences: ['portcullis'] }],
  ])('does not take %s', async (_, status) => {
    expect(await reviewToken(answering(status), 'token', ['portcullis'])).toEqual(ok({ kind: 'unknown' }));
  });

  it('fails where there is no verdict', async () => {
    const client = { review: async () => ok<JsonObject>({}) };
    expect(await reviewToken(client, 'token', ['portcullis'])).toMatchObject({
      error: { kind: 'Unexpected' },
    });
    const down = { review: async () => failed('Unreachable', 'x') };
    expect(await reviewToken(down, 'token', ['portcullis'])).toMatchObject({
      error: { kind: 'Unreachable' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { readAccountIssuer } from './account-issuer.ts';
import { type ErrorKind, failed, type Outcome, ok } from './errors.ts';

const DOCUMENT = {
  issuer: 'https://kubernetes.default.svc',
  jwks_uri: 'https://elsewhere.example/keys',
  id_token_signing_alg_values_supported: ['RS256'],
};
const KEYS = { keys: [] };

const reading = (document: Outcome<JsonValue>, keys: Outcome<JsonValue> = ok(KEYS)) => {
  const asked: string[] = [];
  const read = async (path: string) => {
    asked.push(path);
    return path === '/.well-known/openid-configuration' ? document : keys;
  };
  return { asked, answer: readAccountIssuer({ read }) };
};

describe('readAccountIssuer', () => {
  it('reads the document, and the keys from the API server itself', async () => {
    const { asked, answer } = reading(ok(DOCUMENT));
    const { issuer } = DOCUMENT;
    expect(await answer).toEqual(ok({ issuer, algorithms: ['RS256'], keySet: KEYS }));
    expect(asked).toEqual(['/.well-known/openid-configuration', '/openid/v1/jwks']);
  });

  it.each<readonly [string, JsonValue]>([
    ['no object', 'hello'],
    ['no issuer', { ...DOCUMENT, issuer: 1 }],
    ['an empty issuer', { ...DOCUMENT, issuer: '' }],
    ['no algorithms', { issuer: DOCUMENT.issuer }],
    ['none that can be read', { ...DOCUMENT, id_token_signing_alg_values_supported: [1] }],
  ])('fails where the document is %s', async (_, document) => {
    expect(await reading(ok(document)).answer).toMatchObject({ error: { kind: 'Unexpected' } });
  });

  it.each<readonly [ErrorKind, string]>([
    [
      'Forbidden',
      'bind the ClusterRole system:service-account-issuer-discovery to our service account (why)',
    ],
    [
      'NotFound',
      'the API server publishes no keys: its --service-account-issuer must be an https:// URL (why)',
    ],
    ['Unreachable', 'why'],
  ])('%s says what to do', async (kind, message) => {
    const refused = failed(kind, 'why');
    expect(await reading(refused).answer).toEqual(failed(kind, message));
    expect(await reading(ok(DOCUMENT), refused).answer).toEqual(failed(kind, message));
  });
});

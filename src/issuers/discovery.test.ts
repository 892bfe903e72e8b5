import { describe, expect, it } from 'vitest';
import { type BoundGet, type DiscoveryLocation, discover } from './discovery.ts';
import { fetchFailed } from './errors.ts';

const A = 'aaaaaaaa-0000-4000-8000-00000000000a';
const B = 'bbbbbbbb-0000-4000-8000-00000000000b';
const ENTRA = 'https://login.microsoftonline.com/{tenantid}/v2.0';

const at = (issuer: string, rest: Partial<DiscoveryLocation> = {}): DiscoveryLocation => ({
  kind: 'discovery',
  issuer,
  url: undefined,
  tenants: [],
  ...rest,
});

/** Pages by URL; what is not there is 404. */
function web(pages: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const get: BoundGet = async ({ url }) => {
    asked.push(url);
    const page = pages[url];
    if (page === undefined) return fetchFailed('REMOTE_HOST_RESPONDED_WITH_ERROR', 'nothing there', 404);
    if (typeof page === 'number') return fetchFailed('REMOTE_HOST_RESPONDED_WITH_ERROR', 'no', page);
    return { kind: 'ok', body: Buffer.from(JSON.stringify(page)), headers: { 'content-type': 'text/plain' } };
  };
  return { asked, get };
}

const placesOf = async (location: DiscoveryLocation) => {
  const { asked, get } = web({});
  await discover(location, get);
  return asked;
};

describe('the document stands', () => {
  it.each<[string, readonly string[]]>([
    [
      'https://id.example',
      [
        'https://id.example/.well-known/openid-configuration',
        'https://id.example/.well-known/oauth-authorization-server',
      ],
    ],
    [
      'https://id.example/', // Auth0
      [
        'https://id.example/.well-known/openid-configuration',
        'https://id.example/.well-known/oauth-authorization-server',
      ],
    ],
    [
      'https://id.example/oauth2/default', // Okta
      [
        'https://id.example/oauth2/default/.well-known/openid-configuration',
        'https://id.example/.well-known/oauth-authorization-server/oauth2/default',
      ],
    ],
    [
      'https://id.example:8443/realms/a%20b/',
      [
        'https://id.example:8443/realms/a%20b/.well-known/openid-configuration',
        'https://id.example:8443/.well-known/oauth-authorization-server/realms/a%20b',
      ],
    ],
  ])('for %s at the two well-known places', async (issuer, places) => {
    expect(await placesOf(at(issuer))).toEqual(places);
  });

  it('where discoveryURL says, and nowhere else', async () => {
    expect(await placesOf(at('urn:any', { url: 'https://id.example/meta?p=policy' }))).toEqual([
      'https://id.example/meta?p=policy',
    ]);
  });

  it.each<[string, readonly string[] | '*', string]>([
    ['the tenant, if there is one', [A], A],
    ['common, for several', [A, B], 'common'],
    ['common, for any', '*', 'common'],
  ])('for a tenant template under %s', async (_what, tenants, segment) => {
    const [first] = await placesOf(at(ENTRA, { tenants }));
    expect(first).toBe(`https://login.microsoftonline.com/${segment}/v2.0/.well-known/openid-configuration`);
  });

  it.each([
    'accounts.google.com',
    'urn:issuer',
    'https://id.example/?a=b',
    'https://id.example/#a',
    'file:///a',
  ])('nowhere for %s', async (issuer) => {
    const { asked, get } = web({});
    expect(await discover(at(issuer), get)).toMatchObject({ error: { code: 'URL_INVALID' } });
    expect(asked).toEqual([]);
  });
});

describe('the second place', () => {
  const [first, second] = [
    'https://id.example/.well-known/openid-configuration',
    'https://id.example/.well-known/oauth-authorization-server',
  ];
  const document = { issuer: 'https://id.example', jwks_uri: 'https://id.example/keys' };

  it('is asked when the first has nothing', async () => {
    const { get } = web({ [second]: document });
    expect(await discover(at('https://id.example'), get)).toEqual({
      kind: 'discovered',
      jwksURI: 'https://id.example/keys',
      documentURL: second,
    });
  });

  it('is named together with the first when neither has anything', async () => {
    expect(await discover(at('https://id.example'), web({}).get)).toMatchObject({
      status: 404,
      error: {
        code: 'REMOTE_HOST_RESPONDED_WITH_ERROR',
        message:
          `There is a document neither at ${first} nor at ${second} (status 404); ` +
          'check the issuer, or set keys.discoveryURL or keys.jwksURI.',
      },
    });
  });

  it.each([401, 403, 500, 503])('is not asked when the first answers %i', async (status) => {
    const { asked, get } = web({ [first]: status, [second]: document });
    expect(await discover(at('https://id.example'), get)).toMatchObject({ status });
    expect(asked).toEqual([first]);
  });

  it("is not asked when the first is another issuer's", async () => {
    const { asked, get } = web({
      [first]: { ...document, issuer: 'https://evil.example' },
      [second]: document,
    });
    expect(await discover(at('https://id.example'), get)).toMatchObject({
      error: { code: 'COULD_NOT_PARSE_CONFIG' },
    });
    expect(asked).toEqual([first]);
  });
});

describe("the document's issuer", () => {
  const url = 'https://reachable.example/meta';
  const outcome = (issuer: unknown, location: DiscoveryLocation) =>
    discover({ ...location, url }, web({ [url]: { issuer, jwks_uri: 'https://k.example/' } }).get);

  it.each<[unknown, DiscoveryLocation]>([
    ['https://id.example', at('https://id.example')],
    ['http://public.example/realms/d', at('http://public.example/realms/d')],
    [ENTRA, at(ENTRA, { tenants: '*' })],
    [ENTRA, at(ENTRA, { tenants: [A] })],
    [ENTRA.replace('{tenantid}', A), at(ENTRA, { tenants: [A] })],
    [ENTRA.replace('{tenantid}', A.toUpperCase()), at(ENTRA, { tenants: [A] })],
    [ENTRA.replace('{tenantid}', B), at(ENTRA, { tenants: '*' })],
  ])('%s is right for %j', async (issuer, location) => {
    expect(await outcome(issuer, location)).toMatchObject({ kind: 'discovered' });
  });

  it.each<[unknown, DiscoveryLocation]>([
    [undefined, at('https://id.example')],
    [['https://id.example'], at('https://id.example')],
    ['https://evil.example', at('https://id.example')],
    ['https://id.example/', at('https://id.example')],
    ['https://ID.example', at('https://id.example')],
    ['', at('https://id.example')],
    [ENTRA.replace('{tenantid}', B), at(ENTRA, { tenants: [A] })],
    [ENTRA.replace('{tenantid}', 'common'), at(ENTRA, { tenants: '*' })],
    [ENTRA.replace('{tenantid}', `${A}/x`), at(ENTRA, { tenants: '*' })],
    [ENTRA.replace('{tenantid}', ''), at(ENTRA, { tenants: '*' })],
    ['https://login.microsoftonline.com/v2.0', at(ENTRA, { tenants: '*' })],
    [`https://evil.example/${A}/v2.0`, at(ENTRA, { tenants: '*' })],
    [ENTRA, at(ENTRA.replace('{tenantid}', A))],
  ])('%s is wrong for %j', async (issuer, location) => {
    const result = await outcome(issuer, location);
    expect(result).toMatchObject({ error: { code: 'COULD_NOT_PARSE_CONFIG' } });
    expect(JSON.stringify(result)).not.toContain('evil');
  });

  it('with another slash at its end has a message of its own', async () => {
    expect(await outcome('https://id.example/', at('https://id.example'))).toMatchObject({
      error: { message: expect.stringContaining('slash') },
    });
  });
});

it.each([undefined, '', 7, ['https://k.example/']])(
  'a document with jwks_uri %j names no keys',
  async (jwksURI) => {
    const { get } = web({
      'https://id.example/.well-known/openid-configuration': {
        issuer: 'https://id.example',
        jwks_uri: jwksURI,
      },
    });
    expect(await discover(at('https://id.example'), get)).toMatchObject({ error: { code: 'MISSING_JWKS' } });
  },
);

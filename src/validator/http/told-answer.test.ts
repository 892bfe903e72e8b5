/** The answers to proxies that know nothing of Envoy's headers. */

import { describe, expect, it } from 'vitest';
import { enforce, joe } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { METADATA_PATH, withResource } from '../../../test/support/resource.ts';
import { bearer, pathOf, startTold, TOLD_CASES, TOLD_FORMS } from '../testing/told.ts';

describe.each(TOLD_CASES)('%s', (form) => {
  const told = TOLD_FORMS[form];

  it('a token passes, and names the user', async () => {
    const { ask } = await startTold();
    const answer = await ask(`GET ${pathOf(form)}`, ...told('GET', '/orders'), bearer);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-auth-user')).toBe('joe');
    // Words for Envoy, which another proxy might hand to the app.
    expect(answer.headers.has('x-envoy-auth-headers-to-remove')).toBe(false);
  });

  it('another spelling of a forwarded name is refused: no answer could take it away', async () => {
    const { ask } = await startTold();
    for (const target of ['/open', '/orders']) {
      const forged = await ask(`GET ${pathOf(form)}`, ...told('GET', target), bearer, 'X_Auth_User: admin');
      expect([forged.status, JSON.parse(forged.body).reason]).toEqual([400, 'request_malformed']);
      const harmless = await ask(`GET ${pathOf(form)}`, ...told('GET', target), bearer, 'X_Tenant: a');
      expect(harmless.status).toBe(200);
    }
  });

  it('the metadata of a resource is refused, whatever the method: a 2xx would be an allow', async () => {
    const { ask } = await startTold(withResource());
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
      const answer = await ask(`GET ${pathOf(form)}`, ...told(method, METADATA_PATH));
      expect([answer.status, JSON.parse(answer.body).reason]).toEqual([403, 'metadata_undeliverable']);
    }
  });

  it('the metadata goes to a proxy whose own path says that it turns carriers back', async () => {
    const { ask } = await startTold(withResource());
    const asked = async (path: string, method: string, ...headers: string[]) => {
      const answer = await ask(`GET ${path}`, ...told(method, METADATA_PATH), ...headers);
      return { ...answer, shown: answer.headers.get('portcullis-problem') };
    };
    const carrying = `${pathOf(form)}/carrying/425,426`;
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body, shown } = await asked(carrying, method);
      expect([status, headers.get('content-type')]).toEqual([425, 'application/json']);
      expect(JSON.parse(body)).toEqual({ resource: 'https://api.example/mcp' });
      expect(shown).toBe(form === 'forward-auth' ? undefined : body);
    }
    expect(await asked(carrying, 'OPTIONS')).toMatchObject({ status: 426, body: '', shown: undefined });
    expect(await asked(carrying, 'POST')).toMatchObject({ status: 405, body: '', shown: undefined });
    for (const other of [
      asked(`${pathOf(form)}?/carrying/425,426`, 'GET'),
      asked(`${pathOf(form)}/x${carrying}`, 'GET'),
      asked(`${pathOf(form)}/carrying/424,426`, 'GET'),
      asked(pathOf(form), 'GET', 'X-Portcullis-Carries-503: 425, 426'),
    ]) {
      expect((await other).status).toBe(403);
    }
    const open = await startTold();
    expect((await open.ask(`GET ${carrying}`, ...told('GET', '/orders'))).status).toBe(401);
    expect((await open.ask(`GET ${carrying}`, ...told('GET', '/orders'), bearer)).status).toBe(200);
  });

  it('metadata that no header has room for is refused where a header would hold it', async () => {
    const { ask } = await startTold(withResource(JSON.stringify({ scopes: ['x'.repeat(40_000)] })));
    const { status } = await ask(`GET ${pathOf(form)}/carrying/425,426`, ...told('GET', METADATA_PATH));
    expect(status).toBe(form === 'forward-auth' ? 425 : 403);
  });

  it('what the app gets of headers that hold tokens stands in the answer', async () => {
    const cookie = { in: 'Cookie' as const, name: 'session', origins: [] };
    const header = { in: 'Header' as const, name: 'Authorization', scheme: 'Bearer' };
    const { forward } = bindingPolicy();
    const removing = enforce(
      bindingPolicy(
        { credentials: [header, cookie], rules: [rulePolicy({ authentication: 'Optional' })] },
        { forward: { ...forward, token: 'Remove' } },
      ),
    );
    const { ask } = await startTold(removing);
    const asked = async (...headers: string[]) => {
      const answer = await ask(`GET ${pathOf(form)}`, ...told('GET', '/'), ...headers);
      return [answer.status, answer.headers.get('authorization'), answer.headers.get('cookie')];
    };
    expect(await asked(bearer, 'Cookie: a=b')).toEqual([200, undefined, 'a=b']);
    expect(await asked(`Cookie: a=b; session=${joe()}`)).toEqual([200, undefined, 'a=b']);
    expect(await asked('Authorization: Basic am9l')).toEqual([200, 'Basic am9l', undefined]);
    const keeping = await (await startTold()).ask(`GET ${pathOf(form)}`, ...told('GET', '/'), bearer);
    expect([keeping.status, keeping.headers.has('authorization')]).toEqual([200, false]);
  });
});

const answering = enforce(
  bindingPolicy({
    rules: [
      rulePolicy({
        match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
        require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } },
      }),
    ],
    answers: {
      login: { url: 'https://login.example/?rd={url}', origins: ['https://api.example'] },
      bodies: [
        { statuses: [403], contentType: 'text/html', body: '<p>Łódź\n\t{detail}</p>' },
        { statuses: [401], contentType: 'application/json', body: '{\n  "Łódź": "{reason}"\n}' },
      ],
    },
  }),
);

describe.each(TOLD_CASES)('answers of its own, over %s', (form) => {
  const asked = async (target: string, ...headers: readonly string[]) => {
    const { ask } = await startTold(answering);
    return ask(`GET ${pathOf(form)}`, ...TOLD_FORMS[form]('GET', target), ...headers);
  };

  it('a browser is sent to the login page', async () => {
    const answer = await asked('/x?a=b', 'Sec-Fetch-Mode: navigate');
    expect([answer.status, answer.headers.get('location'), answer.body]).toEqual([
      302,
      'https://login.example/?rd=https%3A%2F%2Fapi.example%2Fx%3Fa%3Db',
      '',
    ]);
    expect(answer.headers.has('www-authenticate')).toBe(false);
    expect(answer.headers.has('portcullis-problem')).toBe(false);
  });

  it('others get the body', async () => {
    const page = await asked('/admin', bearer);
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(Buffer.from(page.body, 'latin1').toString('utf8')).toMatch(/^<p>Łódź\n\t/);
    const json = await asked('/x', 'Sec-Fetch-Mode: cors');
    expect([json.status, json.headers.get('content-type')]).toEqual([401, 'application/json']);
    if (form === 'forward-auth') return;
    const held = Buffer.from(page.headers.get('portcullis-problem') ?? '', 'latin1').toString('utf8');
    expect(held).toMatch(/^<p>Łódź [^\s].*<\/p>$/);
    expect(json.headers.get('portcullis-problem')).toBe('{   "\\u0141\\u00f3d\\u017a": "token_missing" }');
  });
});

it('over auth-request a body that is too long for a header is the usual one', async () => {
  const body = `{"why":"${'{detail}'.repeat(8)}"}`;
  const bodies = [{ statuses: [403], contentType: 'application/vnd.api+json', body }];
  const rules = [rulePolicy({ require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } } })];
  const { ask } = await startTold(enforce(bindingPolicy({ rules, answers: { bodies } })));
  const token = `Authorization: Bearer ${joe({ groups: ['é'.repeat(4000)] })}`;
  const answer = await ask('GET /auth-request', ...TOLD_FORMS['auth-request']('GET', '/'), token);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.parse(answer.headers.get('portcullis-problem') ?? '')).toMatchObject({
    reason: 'role_mismatch',
    status: 403,
  });
});

it('over forward-auth a denial holds nothing but what the client may see', async () => {
  const { ask } = await startTold();
  const answer = await ask('GET /forward-auth', ...TOLD_FORMS['forward-auth']('GET', '/admin'), bearer);
  expect(answer.status).toBe(403);
  expect([...answer.headers.keys()].filter((name) => name.includes('portcullis'))).toEqual([]);
  expect(JSON.parse(answer.body)).toMatchObject({ reason: 'role_mismatch', status: 403 });
});

it('over auth-request a denial has its body in a header, too, in ASCII and of bounded length', async () => {
  const { ask } = await startTold();
  const asked = (roles: readonly string[]) =>
    ask(
      'GET /auth-request',
      ...TOLD_FORMS['auth-request']('GET', '/admin'),
      `Authorization: Bearer ${joe({ groups: roles })}`,
    );
  const answer = await asked(['Łódź']);
  const problem = answer.headers.get('portcullis-problem') ?? '';
  expect(problem).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(problem)).toEqual(JSON.parse(Buffer.from(answer.body, 'latin1').toString('utf8')));
  expect(problem).toContain('\\u0141');
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'portcullis-reason': 'role_mismatch' });
  const long = (await asked(['é'.repeat(4000)])).headers.get('portcullis-problem') ?? '';
  expect(JSON.parse(long)).toEqual({
    type: 'https://portcullis.dev/problems/role_mismatch',
    title: expect.any(String),
    status: 403,
    reason: 'role_mismatch',
  });
});

import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, type RequestChanges, request } from '../../test/support/decide.ts';
import {
  ask,
  type Changes,
  DELETE,
  encoded,
  errorOf,
  guarded,
  REST,
  reader,
  said,
  VERSION,
} from '../../test/support/mcp.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { isPassing } from './decision.ts';

describe('a rule with match.mcp', () => {
  it.each([
    ['another tool', { 'mcp-name': 'read_file' }, 'allowed authenticated by rest'],
    ['another tool, encoded', { 'mcp-name': encoded('größe') }, 'allowed authenticated by rest'],
    ['its tool', { 'mcp-name': 'delete_file' }, 'denied scope_insufficient by delete'],
    ['one that begins so', { 'mcp-name': 'admin_reset' }, 'denied scope_insufficient by delete'],
    ['its tool, encoded', { 'mcp-name': encoded('delete_file') }, 'denied scope_insufficient by delete'],
    ['its tool among white space', { 'mcp-name': ' \tdelete_file ' }, 'denied scope_insufficient by delete'],
    [
      'a prompt of that name',
      { 'mcp-method': 'prompts/get', 'mcp-name': 'delete_file' },
      'allowed authenticated by rest',
    ],
    [
      'a method without a name',
      { 'mcp-method': 'tools/list', 'mcp-name': undefined },
      'allowed authenticated by rest',
    ],
    [
      'such a method with a name, which says nothing',
      { 'mcp-method': 'ping', 'mcp-name': 'delete_file' },
      'allowed authenticated by rest',
    ],
  ])('%s', (_, changes, outcome) => {
    expect(said(ask(changes))).toBe(outcome);
  });

  it('its token lets it pass', () => {
    const authorization = `Bearer ${joe({ scope: 'files:delete' })}`;
    expect(said(ask({ authorization, 'mcp-name': 'delete_file' }))).toBe('allowed authenticated by delete');
  });

  it('a 401 and a 403 are as ever', () => {
    const without = ask({ authorization: undefined, 'mcp-name': 'delete_file' });
    expect(without).toMatchObject({ outcome: 'denied', status: 401, reason: 'token_missing' });
    expect(headerOf(without, 'www-authenticate')).toContain('scope="files:delete"');
    for (const decision of [without, ask({ 'mcp-name': 'delete_file' })]) {
      expect(headerOf(decision, 'content-type')).toBe('application/problem+json');
    }
  });
});

describe('what a server could read otherwise is refused, whatever becomes of other requests', () => {
  const twice = (...names: readonly string[]): RequestChanges => ({ doubled: new Set(names) });

  it.each<readonly [string, Changes, RequestChanges]>([
    ['no Mcp-Method', { 'mcp-method': undefined }, {}],
    ['an empty one', { 'mcp-method': '' }, {}],
    ['two methods that a proxy joined', { 'mcp-method': 'tools/list,tools/call' }, {}],
    ['two methods', { 'mcp-method': 'tools/list, tools/list' }, twice('mcp-method')],
    ['a method beyond ASCII', { 'mcp-method': 'tools/c\u0430ll' }, {}],
    ['a long method', { 'mcp-method': 'a'.repeat(129) }, {}],
    ['two words', { 'mcp-method': 'tools/list tools/call' }, {}],
    ['no Mcp-Name of a tool', { 'mcp-name': undefined }, {}],
    ['no Mcp-Name of a resource', { 'mcp-method': 'resources/read', 'mcp-name': undefined }, {}],
    ['no Mcp-Name of a prompt', { 'mcp-method': 'prompts/get', 'mcp-name': undefined }, {}],
    ['no Mcp-Name of a task', { 'mcp-method': 'tasks/cancel', 'mcp-name': undefined }, {}],
    ['an empty name', { 'mcp-name': ' ' }, {}],
    ['two names', { 'mcp-name': 'read_file, delete_file' }, twice('mcp-name')],
    ['two names that are one', { 'mcp-name': 'read_file, read_file' }, twice('mcp-name')],
    ['two names that a proxy joined', { 'mcp-name': 'read_file,delete_file' }, { mayBeJoined: true }],
    ['the same the other way round', { 'mcp-name': 'delete_file,read_file' }, { mayBeJoined: true }],
    ['one of three', { 'mcp-name': 'a,delete_file,b' }, { mayBeJoined: true }],
    ['one of them encoded', { 'mcp-name': `a,${encoded('delete_file')}` }, { mayBeJoined: true }],
    [
      'one of them that does not decode',
      { 'mcp-name': 'a,=?BASE64?ZGVsZXRlX2ZpbGU=?=' },
      { mayBeJoined: true },
    ],
    ['too many of them', { 'mcp-name': 'a,'.repeat(17) }, { mayBeJoined: true }],
    ['a name with a byte that a proxy has hidden', { 'mcp-name': 'delete_file!' }, { mayBeJoined: true }],
    ['a name that does not decode', { 'mcp-name': '=?base64?ZGVsZXRlX2ZpbGU?=' }, {}],
    ['a byte order mark', { 'mcp-name': '=?base64?77u/ZGVsZXRlX2ZpbGU=?=' }, {}],
    ['two versions', { 'mcp-protocol-version': `${VERSION}, 2025-11-25` }, twice('mcp-protocol-version')],
    ['two versions that a proxy joined', { 'mcp-protocol-version': `2025-11-25,${VERSION}` }, {}],
    ['an empty version', { 'mcp-protocol-version': '' }, {}],
  ])('%s', (_, changes, asked) => {
    for (const other of ['Deny', 'Pass'] as const) {
      const decision = ask(changes, asked, guarded(other));
      expect(decision).toMatchObject({ outcome: 'denied', status: 400, reason: 'request_malformed' });
      expect(errorOf(decision)).toMatchObject({ code: -32_020, data: { supported: [VERSION] } });
    }
  });

  it('a comma in a name is one, where headers come one by one or no rule sees a difference', () => {
    const resource = { 'mcp-method': 'resources/read', 'mcp-name': 'geo:37.7,-122.4' };
    expect(said(ask(resource))).toBe('allowed authenticated by rest');
    expect(said(ask(resource, { mayBeJoined: true }))).toBe('allowed authenticated by rest');
    const encodedName = { 'mcp-name': encoded('admin_a,b') };
    expect(said(ask(encodedName, { mayBeJoined: true }))).toBe('denied scope_insufficient by delete');
  });

  it('an exclamation mark is one, where headers come as they were or no rule goes by names of that method', () => {
    const resource = { 'mcp-method': 'resources/read', 'mcp-name': 'sheet:1!A1' };
    expect(said(ask(resource, { mayBeJoined: true }))).toBe('allowed authenticated by rest');
    expect(said(ask({ 'mcp-name': 'hello!' }))).toBe('allowed authenticated by rest');
    const encodedName = { 'mcp-name': encoded('hello!') };
    expect(said(ask(encodedName, { mayBeJoined: true }))).toBe('allowed authenticated by rest');
  });

  it.each([
    ["mcp.name != 'delete_file'"],
    ["!has(mcp.name) || !mcp.name.startsWith('admin_')"],
    ["request.headers['mcp-name'] != 'delete_file'"],
  ])('where %s decides, no name that a proxy may have made of others is taken', (expression) => {
    const rule = rulePolicy({
      name: 'all',
      require: { ...REST.require, expressions: [{ expression, message: 'no' }] },
    });
    const binding = guarded('Deny', [rule]);
    for (const name of ['delete_file,x', 'x,delete_file', 'delete_file!']) {
      const decision = ask({ 'mcp-name': name }, { mayBeJoined: true }, binding);
      expect(said(decision)).toBe('denied request_malformed');
      expect(said(ask({ 'mcp-name': name }, {}, binding))).toBe('allowed authenticated by all');
    }
    expect(said(ask({ 'mcp-name': 'read_file' }, { mayBeJoined: true }, binding))).toBe(
      'allowed authenticated by all',
    );
  });

  it('a name that Node.js joins with a space is seen, too', () => {
    const odd = rulePolicy({
      name: 'odd',
      match: { mcp: { methods: [], names: ['a, b'] } },
      authentication: 'Deny',
    });
    const binding = guarded('Deny', [odd, REST]);
    expect(said(ask({ 'mcp-name': 'a,b' }, { mayBeJoined: true }, binding))).toBe('denied request_malformed');
    expect(said(ask({ 'mcp-name': 'a,b' }, {}, binding))).toBe('allowed authenticated by rest');
  });

  it.each(['mcp_name', 'mcp_method', 'mcp.name', 'mcp-protocol_version'])(
    'the API does not get %s, which it could take for the header that was judged',
    (name) => {
      for (const [binding, isTaken] of [
        [guarded(), true],
        [bindingPolicy(), false],
      ] as const) {
        const decision = ask({ [name]: 'delete_file' }, {}, binding);
        if (!isPassing(decision)) throw new Error(decision.reason);
        expect(decision.upstream.remove.includes(name)).toBe(isTaken);
        expect(decision.upstream.remove).not.toContain('mcp-name');
      }
    },
  );
});

describe('other requests', () => {
  it('without a version are refused, with the versions that are taken', () => {
    const decision = ask({ 'mcp-protocol-version': undefined });
    expect(said(decision)).toBe('denied request_malformed');
    expect(errorOf(decision)).toMatchObject({
      code: -32_020,
      message: `The request has no MCP-Protocol-Version; taken are ${VERSION}.`,
      data: { supported: [VERSION], reason: 'request_malformed' },
    });
  });

  it('of another version are told which are taken', () => {
    const decision = ask({ 'mcp-protocol-version': '2025-11-25' });
    expect(decision).toMatchObject({ outcome: 'denied', status: 400, reason: 'version_unsupported' });
    expect(errorOf(decision)).toMatchObject({
      code: -32_022,
      data: { supported: [VERSION], requested: '2025-11-25' },
    });
  });

  it.each(['GET', 'DELETE', 'HEAD', 'PUT', 'OPTIONS'])('%s is not allowed', (method) => {
    const decision = ask({}, { method });
    expect(decision).toMatchObject({ outcome: 'denied', status: 405, reason: 'method_not_allowed' });
    expect(headerOf(decision, 'allow')).toBe('POST');
    expect(headerOf(decision, 'content-type')).toBe('application/problem+json');
  });

  it('are refused before a token is looked at, and with any', () => {
    for (const authorization of [undefined, 'Bearer x', `Bearer ${reader}`]) {
      expect(said(ask({ authorization, 'mcp-method': undefined }))).toBe('denied request_malformed');
      expect(said(ask({ authorization }, { method: 'GET' }))).toBe('denied method_not_allowed');
    }
  });

  it('are refused also where a rule would let anybody in', () => {
    const open = guarded('Deny', [rulePolicy({ authentication: 'None' })]);
    expect(said(ask({ 'mcp-method': undefined }, {}, open))).toBe('denied request_malformed');
    expect(said(ask({}, {}, open))).toBe('allowed anonymous by rule');
  });

  it('a preflight passes as ever, and is judged by rules without match.mcp where it is checked', () => {
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: 'https://x', 'access-control-request-method': 'POST' },
    };
    expect(decide(enforce(guarded()), request(preflight))).toMatchObject({ reason: 'preflight' });
    const anyCall = rulePolicy({ name: 'call', match: { mcp: { methods: [], names: [] } } });
    const open = rulePolicy({ name: 'open', authentication: 'None' });
    const checked = bindingPolicy({
      mcp: { versions: [VERSION], other: 'Deny' },
      rules: [anyCall, open],
      cors: { preflight: 'Check', allowOrigins: [] },
    });
    expect(decide(enforce(checked), request(preflight))).toMatchObject({ reason: 'anonymous', rule: 'open' });
  });

  it('with Pass are judged by the rules without match.mcp, which take no name into account', () => {
    const anyCall = rulePolicy({
      name: 'call',
      match: { mcp: { methods: [], names: [] } },
      authentication: 'Deny',
    });
    const passing = guarded('Pass', [DELETE, anyCall, REST]);
    const named = { 'mcp-name': 'delete_file' };
    expect(said(ask({ ...named, 'mcp-protocol-version': undefined }, {}, passing))).toBe(
      'allowed authenticated by rest',
    );
    expect(said(ask({ ...named, 'mcp-protocol-version': '2025-11-25' }, {}, passing))).toBe(
      'allowed authenticated by rest',
    );
    expect(said(ask(named, { method: 'GET' }, passing))).toBe('allowed authenticated by rest');
    expect(said(ask({}, {}, passing))).toBe('denied access_denied by call');
  });

  it('in mode Audit pass, and are told', () => {
    const audit = guarded('Deny', [REST], { mode: 'Audit' });
    expect(said(ask({ 'mcp-method': undefined }, {}, audit))).toBe('audit_denied request_malformed');
  });
});

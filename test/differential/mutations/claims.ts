/** Claims at the edge of their time, of another type, or for somebody else. */

import { ISSUER } from '../../support/policy.ts';
import { NOW } from '../../support/verification.ts';
import { escaped, type Mutation, set, without } from '../forge.ts';

const quoted = (value: string) => JSON.stringify(value);

const member = (name: string, values: readonly string[]): readonly Mutation[] =>
  values.map((value) => ({ name: `${name} ${value}`, claims: set(quoted(name), value) }));

const WRONG = ['null', 'true', 'false', '[]', '{}', '""', '"x"'];
const OFFSETS = [-3600, -331, -330, -300, -31, -30, -29, -1, 0, 1, 29, 30, 31, 3600];
const FRACTIONS = [-30.5, -30.001, -29.999, -0.5, 0.5, 29.999, 30.001];
const TIMES = [...OFFSETS, ...FRACTIONS].map((offset) => String(NOW + offset));
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '1e3',
  '1.8e9',
  '18000003e2',
  '1800000300.0',
  '1800000300000',
  '253402300799.5',
  '253402300800',
  '8.64e12',
  '8640000000001',
];
const HUGE = ['1e15', '1e308', '1e400', '-1e400', '9007199254740993', `${'9'.repeat(400)}`, '1e-400'];
const TEXTS = [String(NOW + 600), `${NOW + 600} `, '0x7fffffff', 'Infinity', '2100-01-01T00:00:00Z'].map(
  (text) => quoted(text),
);
const DATES = [...WRONG, ...TIMES, ...NUMBERS, ...HUGE, ...TEXTS, `[${NOW + 600}]`, `{"n":${NOW + 600}}`];

const times: readonly Mutation[] = ['exp', 'nbf', 'iat'].flatMap((name) => [
  ...member(name, DATES),
  { name: `${name} absent`, claims: without(quoted(name)) },
  { name: `${name} twice, first good`, claims: (members) => [...members, [quoted(name), '1']] },
  { name: `${name} twice, last good`, claims: (members) => [[quoted(name), '1'], ...members] },
  { name: `${name}, name with an escape`, claims: (members) => [...members, [escaped(name), '1']] },
  {
    name: `${name} in capitals`,
    claims: (members) => [...without(quoted(name))(members), [quoted(name.toUpperCase()), String(NOW)]],
  },
]);

const parties: readonly Mutation[] = [
  ...member('iss', [
    ...WRONG,
    '5',
    `["${ISSUER}"]`,
    `"${ISSUER}/"`,
    `"${ISSUER.toUpperCase()}"`,
    `"${ISSUER} "`,
  ]),
  ...member('iss', [
    `"${ISSUER.replaceAll('/', '\\/')}"`,
    `"\\u0068${ISSUER.slice(1)}"`,
    `"${ISSUER}\\u0000"`,
  ]),
  { name: 'iss absent', claims: without('"iss"') },
  { name: 'iss twice', claims: (members) => [['"iss"', '"https://attacker.example"'], ...members] },
  ...member('aud', [
    ...WRONG,
    '5',
    '"api"',
    '"API"',
    '"api "',
    '"api/"',
    '["api"]',
    '["x","api"]',
    '[["api"]]',
  ]),
  ...member('aud', ['["api",5]', '[5]', '[null]', '{"api":1}', '"x api"', '"x,api"', '["x"]', '"\\u0061pi"']),
  { name: 'aud absent', claims: without('"aud"') },
  { name: 'aud absent, typ at+jwt', header: set('"typ"', '"at+jwt"'), claims: without('"aud"') },
  { name: 'aud twice', claims: (members) => [...members, ['"aud"', '"x"']] },
  ...member('sub', [...WRONG, '5', '"\\ud800"', '"a\\u0000b"', `"${'s'.repeat(4000)}"`]),
  { name: 'sub absent', claims: without('"sub"') },
  { name: 'sub twice', claims: (members) => [...members, ['"sub"', '"admin"']] },
];

const others: readonly Mutation[] = [
  ...member('jti', ['5', 'null', '"x"']),
  ...member('cnf', ['{"jkt":"x"}', 'null', '{}']),
  ...member('hasgroups', ['true', '"true"', 'false']),
  ...member('_claim_names', ['{"groups":"src1"}', '{"address":"src1"}', 'null']),
  ...member('groups', ['["a","b"]', '"a"', '5', 'null']),
  ...member('__proto__', ['{"exp":1}', `{"aud":"api","iss":"${ISSUER}"}`, 'null']),
  ...member('constructor', ['{"prototype":{"admin":true}}']),
  ...member('nested', [
    '['.repeat(20) + ']'.repeat(20),
    '['.repeat(31) + ']'.repeat(31),
    '['.repeat(32) + ']'.repeat(32),
  ]),
  ...member('nested', [
    `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"a":1},{"a":2}]',
  ]),
  ...member('long', [`"${'x'.repeat(11_000)}"`, `"${'x'.repeat(13_000)}"`]),
  ...member('text', [
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\ude00"',
    '{"\\udfff":1}',
    '"\\u0000"',
    '"ü\u{1f511}"',
    '"\\"exp\\":1"',
    '"a:b,{}[]"',
    '"\\\\"',
  ]),
  ...member('raw', [
    '01',
    '1.',
    '.5',
    '+1',
    '0x10',
    'NaN',
    'Infinity',
    'undefined',
    "'x'",
    '"\t"',
    '"\n"',
    '"\\x41"',
  ]),
  ...member('', ['1']),
];

export const CLAIMS_MUTATIONS = [...times, ...parties, ...others];

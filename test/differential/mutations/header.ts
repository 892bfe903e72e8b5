/** Headers that lie, repeat themselves, or ask for something to be fetched. */

import { ALGORITHM_NAMES } from '../../../src/keys/algorithms.ts';
import { escaped, type Mutation, set, without } from '../forge.ts';

const quoted = (value: string) => JSON.stringify(value);

const member = (name: string, values: readonly string[]): readonly Mutation[] =>
  values.map((value) => ({ name: `${name} ${value}`, header: set(quoted(name), value) }));

const WRONG = ['null', '5', 'true', '[]', '{}', '""'];

const algorithms: readonly Mutation[] = [
  ...member('alg', [...ALGORITHM_NAMES, 'none', 'None', 'NONE', 'nOnE', 'ES521', 'RS1', 'dir'].map(quoted)),
  ...member('alg', [...WRONG, '["RS256"]', '"RS256 "', '"RS256\\u0000"', '"__proto__"', '"constructor"']),
  { name: 'alg absent', header: without('"alg"') },
  {
    name: 'alg in lower case',
    header: (members, { alg }) => set('"alg"', quoted(alg.toLowerCase()))(members),
  },
  { name: 'alg with an escape', header: (members, { alg }) => set('"alg"', escaped(alg))(members) },
  {
    name: 'alg’s name with an escape',
    header: (members, { alg }) => [['"\\u0061lg"', quoted(alg)], ...without('"alg"')(members)],
  },
  {
    name: 'alg’s name in capitals',
    header: (members, { alg }) => [['"ALG"', quoted(alg)], ...without('"alg"')(members)],
  },
  { name: 'alg twice, none first', header: (members) => [['"alg"', '"none"'], ...members] },
  { name: 'alg twice, none last', header: (members) => [...members, ['"alg"', '"none"']] },
  {
    name: 'alg twice, by an escape',
    header: (members, { alg }) => [...members, ['"\\u0061lg"', quoted(alg)]],
  },
  {
    name: 'alg in __proto__',
    header: (members, { alg }) => [['"__proto__"', `{"alg":${quoted(alg)}}`], ...without('"alg"')(members)],
  },
  {
    name: 'alg none, no signature',
    header: set('"alg"', '"none"'),
    token: (token) => token.slice(0, token.lastIndexOf('.') + 1),
  },
  {
    name: 'alg none, two parts',
    header: set('"alg"', '"none"'),
    token: (token) => token.slice(0, token.lastIndexOf('.')),
  },
];

const keys: readonly Mutation[] = [
  ...member('kid', [
    ...WRONG,
    '["RS256"]',
    '"nobody"',
    '"RS256"',
    '"ES256"',
    '"HS256"',
    '"../../dev/null"',
    '"__proto__"',
  ]),
  ...member('kid', [quoted('k'.repeat(5000)), '"\' OR 1=1"']),
  { name: 'kid absent', header: without('"kid"') },
  { name: 'kid with an escape', header: (members, { kid }) => set('"kid"', escaped(kid))(members) },
  {
    name: 'kid in lower case',
    header: (members, { kid }) => set('"kid"', quoted(kid.toLowerCase()))(members),
  },
  { name: 'kid with NUL', header: (members, { kid }) => set('"kid"', quoted(`${kid}\0`))(members) },
  { name: 'kid twice', header: (members) => [['"kid"', '"nobody"'], ...members] },
  ...member('jku', ['"https://attacker.example/jwks"', 'null']),
  ...member('x5u', ['"https://attacker.example/cert"']),
  ...member('x5c', ['["MIIB"]', 'null']),
  ...member('x5t', ['"AAAA"']),
  ...member('jwk', ['{"kty":"oct","k":"AAAA"}', 'null', '"x"']),
];

const extensions: readonly Mutation[] = [
  ...member('crit', [
    ...WRONG,
    '["exp"]',
    '["b64"]',
    '["alg"]',
    '[""]',
    '["x"]',
    '"exp"',
    '[1]',
    '["b64","b64"]',
  ]),
  ...member('b64', ['true', 'false', 'null', '"false"', '0']),
  { name: 'crit b64 true', header: (members) => [...members, ['"crit"', '["b64"]'], ['"b64"', 'true']] },
  { name: 'crit b64 false', header: (members) => [...members, ['"crit"', '["b64"]'], ['"b64"', 'false']] },
  { name: 'crit x, and x', header: (members) => [...members, ['"crit"', '["x"]'], ['"x"', '1']] },
  { name: 'crit twice', header: (members) => [...members, ['"crit"', '["exp"]'], ['"crit"', '[]']] },
  ...member('zip', ['"DEF"', 'null']),
  ...member('enc', ['"A128GCM"']),
  ...member('cty', ['"JWT"', 'null']),
  ...member('exp', ['1', '"x"']),
  ...member('iss', ['"https://attacker.example"']),
  ...member('__proto__', ['{"crit":["x"]}', 'null']),
  ...member('toString', ['1']),
];

const types: readonly Mutation[] = [
  ...member('typ', [
    ...WRONG,
    '"jwt"',
    '"application/jwt"',
    '"APPLICATION/JWT"',
    '"at+jwt"',
    '"AT+JWT"',
    '["JWT"]',
  ]),
  ...member('typ', ['"application/at+jwt"', '"JOSE"', '"dpop+jwt"', '"logout+jwt"', '"x/jwt"', '"JWT "']),
  { name: 'typ absent', header: without('"typ"') },
];

export const HEADER_MUTATIONS = [...algorithms, ...keys, ...extensions, ...types];

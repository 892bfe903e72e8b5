/** Tokens whose JSON, base64url or serialisation is not what it must be. */

import type { Mutation } from '../forge.ts';

const bytes = (...parts: readonly (string | Buffer | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([...part]))));

const TEXTS: Readonly<Record<string, (text: Buffer) => Buffer>> = {
  'a byte order mark': (text) => bytes([0xef, 0xbb, 0xbf], text),
  'white space before': (text) => bytes(' \t\r\n', text),
  'white space after': (text) => bytes(text, '\n'),
  'white space inside': (text) => bytes('{ ', text.subarray(1, -1), '\r\n}'),
  'a form feed before': (text) => bytes('\f', text),
  'a no-break space before': (text) => bytes('\u00a0', text),
  'NUL after': (text) => bytes(text, [0]),
  'text after': (text) => bytes(text, 'x'),
  'a second object after': (text) => bytes(text, '{}'),
  'a comma at the end': (text) => bytes(text.subarray(0, -1), ',}'),
  'a comment': (text) => bytes('/**/', text),
  'single quotes': (text) => Buffer.from(text.toString().replaceAll('"', "'")),
  'an array around': (text) => bytes('[', text, ']'),
  'a string around': (text) => Buffer.from(JSON.stringify(text.toString())),
  'the end missing': (text) => text.subarray(0, -1),
  nothing: () => Buffer.alloc(0),
  null: () => Buffer.from('null'),
  'an empty object': () => Buffer.from('{}'),
  'an empty array': () => Buffer.from('[]'),
  'a number': () => Buffer.from('1'),
  'UTF-16': (text) => Buffer.from(text.toString(), 'utf16le'),
  'a byte that is no UTF-8': (text) => bytes(text.subarray(0, -1), ',"bytes":"', [0xff], '"}'),
  'an overlong slash': (text) => bytes(text.subarray(0, -1), ',"bytes":"', [0xc0, 0xaf], '"}'),
  'a surrogate in UTF-8': (text) => bytes(text.subarray(0, -1), ',"bytes":"', [0xed, 0xa0, 0x80], '"}'),
  'a character cut short': (text) => bytes(text.subarray(0, -1), ',"bytes":"', [0xe2, 0x82], '"}'),
};

const texts: readonly Mutation[] = Object.entries(TEXTS).flatMap(([name, change]) => [
  { name: `header: ${name}`, headerText: change },
  { name: `claims: ${name}`, claimsText: change },
]);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The last character with a bit set that stands for nothing; a longer part where there is no such bit. */
function strayBit(part: string): string {
  if (part.length % 4 === 0) return part;
  const last = ALPHABET.indexOf(part.slice(-1));
  return part.slice(0, -1) + ALPHABET.charAt(last ^ 1);
}

const ENCODINGS: Readonly<Record<string, (part: string) => string>> = {
  'stray bits': strayBit,
  padding: (part) => part + '='.repeat((4 - (part.length % 4)) % 4),
  'one = too many': (part) => `${part}=`,
  'plain Base64 characters': (part) => part.replaceAll('-', '+').replaceAll('_', '/'),
  'a newline inside': (part) => `${part.slice(0, 8)}\n${part.slice(8)}`,
  'a space inside': (part) => `${part.slice(0, 8)} ${part.slice(8)}`,
  'a newline after': (part) => `${part}\n`,
  'a tab before': (part) => `\t${part}`,
  'NUL after': (part) => `${part}\0`,
  'a character too many': (part) => `${part}A`,
  'a character too few': (part) => part.slice(0, -1),
  'a letter in another case': (part) => part.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  'a full-width letter': (part) =>
    part.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  'a letter with a high byte': (part) =>
    part.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x100)),
  'a zero-width space': (part) => `${part.slice(0, 5)}\u200b${part.slice(5)}`,
  'an exclamation mark': (part) => `${part}!`,
};

const encodings: readonly Mutation[] = Object.entries(ENCODINGS).flatMap(([name, change]) => [
  { name: `header signed with ${name}`, parts: (header, claims) => [change(header), claims] },
  { name: `claims signed with ${name}`, parts: (header, claims) => [header, change(claims)] },
  ...[0, 1, 2].map((place) => ({
    name: `${['header', 'claims', 'signature'][place]} with ${name}`,
    token: (token: string) =>
      token
        .split('.')
        .map((part, index) => (index === place ? change(part) : part))
        .join('.'),
  })),
]);

const split = (token: string) => token.split('.');

const SERIALISATIONS: Readonly<Record<string, (token: string) => string>> = {
  'nothing at all': () => '',
  'dots alone': () => '..',
  'a space before': (token) => ` ${token}`,
  'a newline after': (token) => `${token}\n`,
  'a scheme before': (token) => `Bearer ${token}`,
  'quotes around': (token) => `"${token}"`,
  'a dot before': (token) => `.${token}`,
  'a dot after': (token) => `${token}.`,
  'a fourth part': (token) => `${token}.e30`,
  'a fourth, empty part first': (token) => token.replace('.', '..'),
  'header and claims alone': (token) => split(token).slice(0, 2).join('.'),
  'header alone': (token) => split(token)[0] ?? '',
  'no header': (token) => token.slice(token.indexOf('.')),
  'detached claims': (token) => token.replace(/\..*\./, '..'),
  'parts in another order': (token) => split(token).toReversed().join('.'),
  'twice, with a comma': (token) => `${token},${token}`,
  'encoded dots': (token) => token.replaceAll('.', '%2E'),
  'full-width dots': (token) => token.replaceAll('.', '\uff0e'),
  'five parts': (token) => `${token}.AAAA.AAAA`,
  'flattened JSON': (token) => {
    const [header, payload, signature] = split(token);
    return JSON.stringify({ protected: header, payload, signature });
  },
  'general JSON': (token) => {
    const [header, payload, signature] = split(token);
    return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
  },
};

const serialisations: readonly Mutation[] = Object.entries(SERIALISATIONS).map(([name, token]) => ({
  name,
  token,
}));

export const FORM_MUTATIONS = [...texts, ...encodings, ...serialisations];

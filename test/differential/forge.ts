/** Builds tokens from their raw parts, so that every byte of one can be wrong on purpose. */

import type { Algorithm, CanonicalAlgorithm } from '../../src/keys/algorithms.ts';
import { type SigningKey, signature, signingKey } from '../support/tokens.ts';

/** Name and value as JSON text: members can be doubled, misspelled, or no JSON at all. */
export type Member = readonly [name: string, value: string];
export type Members = readonly Member[];

/** What a mutation may know about the token that it changes. */
export interface Context {
  readonly alg: Algorithm;
  readonly key: SigningKey;
  readonly kid: string;
}

/** One named way to change a token. Each step is applied where the token's making has come to it. */
export interface Mutation {
  readonly name: string;
  readonly header?: (members: Members, context: Context) => Members;
  readonly claims?: (members: Members, context: Context) => Members;
  readonly headerText?: (text: Buffer) => Buffer;
  readonly claimsText?: (text: Buffer) => Buffer;
  /** Header and claims in base64url, before they are signed. */
  readonly parts?: (header: string, claims: string) => readonly [header: string, claims: string];
  readonly signature?: (signature: Buffer, input: Buffer, context: Context) => Buffer;
  readonly token?: (token: string, context: Context) => string;
}

/** Every case's set holds a key for each of these; kids are the names of the algorithms. */
const KEY_OF: Readonly<Record<Algorithm, CanonicalAlgorithm>> = {
  RS256: 'RS256',
  RS384: 'RS256',
  RS512: 'RS256',
  PS256: 'RS256',
  PS384: 'RS256',
  PS512: 'RS256',
  ES256: 'ES256',
  ES384: 'ES384',
  ES512: 'ES512',
  ES256K: 'ES256K',
  EdDSA: 'EdDSA',
  Ed25519: 'EdDSA',
  HS256: 'HS256',
  HS384: 'HS256',
  HS512: 'HS256',
};

export const PUBLIC_KEYS = ['RS256', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA'] as const;
export const SECRET_KEY = 'HS256';

export function keyFor(alg: Algorithm): Context {
  const kid = KEY_OF[alg];
  return { alg, kid, key: signingKey(kid, kid) };
}

/** A good token with the mutations applied, step by step in the order of its making. */
export function forge(alg: Algorithm, claims: object, mutations: readonly Mutation[]): string {
  const context = keyFor(alg);
  let header = toMembers({ alg, kid: context.kid, typ: 'JWT' });
  let body = toMembers(claims);
  for (const mutation of mutations) {
    header = mutation.header?.(header, context) ?? header;
    body = mutation.claims?.(body, context) ?? body;
  }
  let headerText: Buffer = toText(header);
  let bodyText: Buffer = toText(body);
  for (const mutation of mutations) {
    headerText = mutation.headerText?.(headerText) ?? headerText;
    bodyText = mutation.claimsText?.(bodyText) ?? bodyText;
  }
  let parts: readonly [string, string] = [headerText.toString('base64url'), bodyText.toString('base64url')];
  for (const mutation of mutations) parts = mutation.parts?.(...parts) ?? parts;

  const input = Buffer.from(parts.join('.'));
  let signed: Buffer = signature(alg, context.key, input);
  for (const mutation of mutations) signed = mutation.signature?.(signed, input, context) ?? signed;
  let token = `${parts.join('.')}.${signed.toString('base64url')}`;
  for (const mutation of mutations) token = mutation.token?.(token, context) ?? token;
  return token;
}

const toMembers = (object: object): Members =>
  Object.entries(object).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)]);

const toText = (members: Members) =>
  Buffer.from(`{${members.map(([name, value]) => `${name}:${value}`).join(',')}}`);

/** Puts a member in the place of the one of that name, or at the end. Arguments are JSON text. */
export function set(name: string, value: string): (members: Members) => Members {
  return (members) => {
    const at = members.findIndex(([present]) => present === name);
    return at < 0 ? [...members, [name, value]] : members.with(at, [name, value]);
  };
}

export const without =
  (name: string) =>
  (members: Members): Members =>
    members.filter(([present]) => present !== name);

/** A name with its first character as an escape: the same member in another spelling. */
export function escaped(name: string): string {
  return `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`;
}

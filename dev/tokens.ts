/** Tokens that no provider issued: what an attacker makes of a good one. */

/** The token with other claims under its old signature. */
export function tampered(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header, payload, signature] = parts(token);
  return [header, changed(payload, claims), signature].join('.');
}

/** The token with other claims and, for a signature, the claim that none is needed (RFC 7519 section 6). */
export function algNone(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header, payload] = parts(token);
  return [changed(header, { alg: 'none' }), changed(payload, claims), ''].join('.');
}

function parts(token: string): readonly [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** A base64url JSON object with some members set. */
function changed(part: string, members: Readonly<Record<string, unknown>>): string {
  const object: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  return Buffer.from(JSON.stringify(Object.assign({}, object, members))).toString('base64url');
}

/** How keys stand in a source's policy, whatever its kind. */

import type { PublicJwk, SourceKeys } from './policy.ts';
import { list, object, oneOf, type Shape, text, variant } from './shape.ts';

const publicJwk: Shape<PublicJwk> = object(
  { kty: oneOf('RSA', 'EC', 'OKP') },
  {
    kid: text,
    use: text,
    key_ops: list(text),
    alg: text,
    issuer: text,
    n: text,
    e: text,
    crv: text,
    x: text,
    y: text,
  },
);

export const sourceKeys: Shape<SourceKeys> = variant<SourceKeys>('kind', {
  public: object({ kind: oneOf('public'), keys: list(publicJwk) }),
  hmac: object({
    kind: oneOf('hmac'),
    keys: list(object({ secret: text, secretRevision: text }, { kid: text })),
  }),
  unavailable: object({ kind: oneOf('unavailable') }),
});

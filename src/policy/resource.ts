/** An API as an OAuth resource (RFC 8707, RFC 9728), as the policy says it. */

import { type Infer, list, object, text } from './shape.ts';

export type ResourcePolicy = Infer<typeof resource>;
export const resource = object(
  {
    /** One of them must be in `aud`, whatever the sources say of audiences. Never empty. */
    audiences: list(text),
  },
  {
    /** The protected resource metadata (RFC 9728) that is served. Absent = none. */
    metadata: object({
      /** Of the resource's identifier, normalised. */
      host: text,
      path: text,
      /** JSON. */
      body: text,
    }),
  },
);

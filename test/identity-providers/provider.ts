/** What the tests know of an identity provider. */

import type { Identity } from '../../src/sources/verification.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Changes to a good token or its source. An undefined member of `jwt` or `claims` is taken away. */
interface Refusal {
  readonly without: string;
  readonly reason: string;
  readonly jwt?: Json;
  readonly claims?: Json;
  readonly key?: Json;
}

export interface Provider {
  readonly name: string;
  readonly jwt: Json;
  readonly claims: Json;
  /** Members of the key beside the usual. */
  readonly key?: Json;
  readonly identity: Partial<Identity>;
  readonly refused: readonly Refusal[];
}

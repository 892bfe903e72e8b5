/** How the keys of one source are to be fetched: what the compiler asks of the issuers. */

/** Durations are in seconds. */
export interface FetchPlan {
  /** namespace/name of the source, for messages and metrics. */
  readonly source: string;
  /** The object's UID: under this name the fetched keys are handed back. */
  readonly uid: string;
  readonly location: KeyLocation;
  readonly refreshInterval: number;
  readonly retryInterval: number;
  /** Bounds a whole exchange, body and redirects included. */
  readonly timeout: number;
  readonly maxStale: number;
  readonly unknownKeyCooldown: number;
  /** PEM certificates to trust instead of the system's; undefined = the system's. */
  readonly certificateAuthorities: string | undefined;
}

export type KeyLocation = Place & {
  /** Keys for SPIFFE's tokens (use jwt-svid) are taken, too: a part of the place, for without it they are not wanted. */
  readonly svids?: true;
};

type Place =
  | { readonly kind: 'jwks'; readonly url: string }
  | {
      readonly kind: 'discovery';
      /** What the document's `issuer` must be; may hold `{tenantid}`. */
      readonly issuer: string;
      /** The URL of the document; undefined = the well-known places below `issuer`. */
      readonly url: string | undefined;
      /** For an issuer with `{tenantid}`: lower-case GUIDs or any. */
      readonly tenants: readonly string[] | '*';
    };

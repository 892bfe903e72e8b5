/** What a test says to the agent in the cluster, and hears of it: one JSON object a line. */

export interface Sent {
  readonly url: string;
  /** Default GET. */
  readonly method?: string;
  /** In order, as they are written; a name may stand twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** HTTP/2 without TLS, as gRPC callers speak it. */
  readonly http2?: boolean;
  /** PEM, of who signs the certificate of an https URL. */
  readonly ca?: string;
}

export interface Received {
  readonly status: number;
  /** The last of each name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The serial number of the certificate that was shown. */
  readonly certificate?: string;
}

export type Order =
  | { readonly id: number; readonly kind: 'send'; readonly sent: Sent }
  /** Sends one after the other, over and over, each on a connection of its own, until `stop`. */
  | { readonly id: number; readonly kind: 'load'; readonly name: string; readonly sent: readonly Sent[] }
  | { readonly id: number; readonly kind: 'tally'; readonly name: string }
  | { readonly id: number; readonly kind: 'stop'; readonly name: string };

export type Report =
  | { readonly id: number; readonly kind: 'received'; readonly received: Received }
  /** No whole answer came: a code such as ECONNREFUSED. */
  | { readonly id: number; readonly kind: 'failed'; readonly code: string }
  | { readonly id: number; readonly kind: 'tally'; readonly tally: Tally };

/** Of a denial. */
export const reasonIn = (body: string): string | undefined => /"reason":"(\w+)"/.exec(body)?.[1];

/** For each of the load's requests, in their order: answers of each sort in a row, in the order in which they came. */
export type Tally = readonly (readonly Run[])[];

export interface Run {
  /** `200 v1` (the app's version), `503 authorization_unavailable`, or `ECONNRESET`. */
  readonly answer: string;
  readonly count: number;
}

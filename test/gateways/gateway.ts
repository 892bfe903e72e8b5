/** A gateway as the tests of all of them know it, and what is true of one and not of another. */

import type { Reason } from '../../src/decision/reasons.ts';

/** What a gateway stands between; all of them are on 127.0.0.1. */
export interface GatewayParts {
  /** Of the app's port. */
  readonly app: number;
  readonly validator: {
    readonly http: number;
    readonly grpc: number;
    /** A PEM file with the authority of its certificate, which is for localhost; undefined = plain text. */
    readonly ca?: string;
    /** A file with its bindings, which forward other headers than usual. */
    readonly manifests?: string;
  };
  /** For which hosts the app is asked. */
  readonly hosts: readonly string[];
}

export interface RunningGateway {
  /** Speaks HTTP. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface GatewayProgram {
  readonly name: string;
  /** Configured by what `portcullis envoy-config` prints. Resolves once it serves. */
  start(parts: GatewayParts): Promise<RunningGateway>;
  readonly traits: GatewayTraits;
}

/** What a client or an app gets to see; the table of docs/gateways/README.md says the same. */
export interface GatewayTraits {
  /** The status with which the client hears that nobody has judged. */
  readonly unavailable: number;
  /** The same, of a validator that is there and says nothing. */
  readonly late: number;
  /** Whether those answers are problem+json. */
  readonly unavailableProblem: boolean;
  /** Whether a 503 of the validator's own reaches the client with its reason. */
  readonly trueReasonOf503: boolean;
  /** Reasons that no request can have there, because the gateway itself refuses it first, and why. */
  readonly refusesItself: Readonly<Partial<Record<Reason, string>>>;
  /** Whether it tidies a path up, or redirects to a tidy one, before anybody judges it. */
  readonly tidiesPaths: boolean;
  /** Whether the validator does not see that a request wants to upgrade, but by Sec-WebSocket-Version. */
  readonly hidesUpgrade: boolean;
  /** Whether an offer of another protocol than WebSocket reaches the app. */
  readonly handsOnOffers: boolean;
  /** Whether the metadata of a resource reaches the client: the gateway takes no status for an allow, or knows the carriers. */
  readonly servesMetadata: boolean;
  /** Whether a client that names x-auth-user in Connection has the gateway take the user's header away. */
  readonly losesNamedHeaders: boolean;
}

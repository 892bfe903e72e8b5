/** The interface to the control plane: sends a request and returns the head of its reply, with its body to come. */

import type { IncomingHttpHeaders } from 'node:http';

export interface ControlPlaneRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query, below the control plane's URL. */
  readonly pathAndQuery: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The whole body; undefined when it is longer. Rejects with an Unreachable when it is cut short. */
  read(maxBytes: number): Promise<string | undefined>;
  /** For a reply without a body: its connection serves on. */
  skip(): void;
  /** Ends the connection. */
  drop(): void;
}

export interface ControlPlaneTransport {
  /** Adds the token. Rejects with an Unreachable, also when the signal aborts. */
  send(question: ControlPlaneRequest, signal: AbortSignal): Promise<Reply>;
  /** Ends the connection that is kept: the next question may reach another server. */
  renew(): void;
}

/** No reply, or not a whole one. */
export class Unreachable extends Error {
  /** Failures of one topic have one cause: they are logged once. */
  readonly topic: string;

  constructor(topic: string, message: string) {
    super(message);
    this.name = 'Unreachable';
    this.topic = topic;
  }
}

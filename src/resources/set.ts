/** Everything that a policy is compiled from: typed objects, each with the place where it was written. */

import type { ConfigMap, Namespace, Secret } from './object.ts';
import type { ApiBinding, AuthenticationSource } from './types.gen.ts';

/** A place in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an object was written. */
export interface WrittenAt {
  readonly file: string;
  /**
   * Where a field stands, by its path (`spec.rules[0].match`); '' is the object itself. A field that was not
   * written is found at the nearest one around it.
   */
  locate(field: string): Position;
}

/** An object and where it was written; no origin where an API server sent it. */
export interface Located<T> {
  readonly object: T;
  readonly origin: WrittenAt | undefined;
}

/** What the compiler takes. Holds each kind in the order in which it was read. */
export interface ResourceSet {
  readonly sources: readonly Located<AuthenticationSource>[];
  readonly bindings: readonly Located<ApiBinding>[];
  readonly secrets: readonly Located<Secret>[];
  readonly configMaps: readonly Located<ConfigMap>[];
  readonly namespaces: readonly Located<Namespace>[];
}

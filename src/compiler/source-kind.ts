/**
 * What the compiler has to know of every kind of source. Each function takes the whole object, whose member of its kind
 * the schema has seen to be there.
 */

import type { JsonObject } from '../base/json.ts';
import type { Steps } from '../base/steps.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { PublicJwk, SourceKeys, SourcePolicy } from '../policy/policy.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { AuthenticationSource } from '../resources/types.gen.ts';
import type { Issue } from './issues.ts';

export interface SourceCompiler {
  /** The place of its member, `spec.jwt`. */
  readonly field: string;
  /** What is said below these places is about the content of a Secret or ConfigMap. */
  readonly dataFields: readonly string[];
  /** The Secrets and ConfigMaps, all in the source's own namespace, that a source names. */
  references(source: AuthenticationSource): readonly DataReference[];
  /** Does what takes time of compiling a source. */
  check(source: AuthenticationSource): Steps<CheckedExpressions>;
  compile(source: AuthenticationSource, inputs: SourceInputs, checked: CheckedExpressions): SourceDraft;
  /** What several sources of this kind have against each other in one binding. */
  duplicates(sources: readonly AuthenticationSource[]): readonly Issue[];
  /** What verifies its credentials can also make them: so the source is never granted to other namespaces. */
  isConfined(source: AuthenticationSource): boolean;
  /** The issuer (RFC 8414) that clients get credentials from; undefined where it names none that has one URL. */
  authorizationServer(source: AuthenticationSource): string | undefined;
  /** Whether users of it can have any, by what it reads out of credentials. */
  gives(source: AuthenticationSource, what: 'roles' | 'scopes'): boolean;
  /** Its member of the spec with preset and defaults applied, for `status.effective`. */
  effective(source: AuthenticationSource): JsonObject;
}

export interface DataReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
}

/** What a source is compiled from beside itself; see `CompileInput`. */
export interface SourceInputs {
  /** The Secrets and ConfigMaps that it names, where they exist, in the order of `references`. */
  readonly data: readonly (Secret | ConfigMap | undefined)[];
  readonly fetchedKeys: readonly PublicJwk[] | undefined;
  readonly secretsPermitted: boolean;
  readonly allowInsecureHttp: boolean;
  readonly secretRevision: (secret: Uint8Array) => string;
}

export interface CheckedExpressions {
  readonly issues: readonly Issue[];
  /** What they and their regular expressions take up, in instructions. */
  readonly taken: number;
}

/** A source's policy, but for what every kind has. */
export type SourceSettings = Omit<SourcePolicy, 'id' | 'uid' | 'revision' | 'keys'>;

export interface SourceDraft {
  readonly settings: SourceSettings;
  /** Undefined for kinds that verify with no keys. */
  readonly keys: SourceKeys | undefined;
  /** Decoded, by the names that `keys` uses. */
  readonly secrets: readonly (readonly [name: string, secret: Uint8Array])[];
  /** How its keys are fetched; undefined for keys that are not. */
  readonly plan: Omit<FetchPlan, 'source' | 'uid'> | undefined;
  readonly issues: readonly Issue[];
}

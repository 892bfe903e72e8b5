/** The part of a Kubernetes structural schema (OpenAPI v3) that our CRDs use. */

import type { JsonValue } from '../base/json.ts';

export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  /** Null, too. */
  readonly nullable?: true;
  readonly format?: 'int32' | 'int64' | 'date-time';
  readonly default?: JsonValue;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A CEL rule of the schema (`x-kubernetes-validations`); `self` is the value it stands at. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
  /** The field it complains about, below the value: `.issuer`. */
  readonly fieldPath?: string;
  /** What the API server calls it to its clients. */
  readonly reason?: string;
}

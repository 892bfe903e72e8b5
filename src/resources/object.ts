/** What every Kubernetes object has, and the core kinds that the product reads. */

/** An object's metadata: the members that matter here. Without an API server there is only what was written. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  /** RFC 3339; there while the object is being deleted. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Secret, decoded. */
export interface Secret {
  readonly kind: 'Secret';
  readonly metadata: ObjectMeta;
  /** Absent where it was not written; API servers then say Opaque. */
  readonly type?: string;
  readonly data: ReadonlyMap<string, Uint8Array>;
}

/** A ConfigMap, decoded: text as UTF-8. */
export interface ConfigMap {
  readonly kind: 'ConfigMap';
  readonly metadata: ObjectMeta;
  readonly data: ReadonlyMap<string, Uint8Array>;
}

/** A Namespace; its `metadata.namespace` is its own name, so that one way of naming objects fits all. */
export interface Namespace {
  readonly kind: 'Namespace';
  readonly metadata: ObjectMeta;
}

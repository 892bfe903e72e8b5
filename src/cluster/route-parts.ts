/** Parts of the Gateway API's objects, as far as they are kept. */

export interface ParentReference {
  /** Of the Gateway, namespace/name. */
  readonly gateway: string;
  /** Empty = every listener. */
  readonly sectionName: string;
  /** Undefined = every port. */
  readonly port: number | undefined;
}

export interface Backend {
  /** namespace/name. */
  readonly service: string;
  /** The Service's port; undefined where the route names none. */
  readonly port: number | undefined;
}

export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  /** Normalised; empty = any. */
  readonly hostname: string;
}

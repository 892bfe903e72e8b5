/** Parts of the Gateway API's objects, as far as they are kept. */

export interface ParentReference {
  /** Of the Gateway, namespace/name. */
  readonly gateway: string;
  /** Empty = every listener. */
  readonly sectionName: string;
  /** Undefined = every port. */
  readonly port: number | undefined;
  /** That accepted it: `istio.io/gateway-controller`. */
  readonly controller: string;
}

export interface Backend {
  /** namespace/name. */
  readonly service: string;
  /** The Service's port; undefined where the route names none. */
  readonly port: number | undefined;
}

export interface RouteRule {
  /** Empty where it has none. */
  readonly name: string;
  /** By its filter ExternalAuth; undefined where it has none. */
  readonly asks: FilterAsking | undefined;
}

export interface FilterAsking {
  readonly protocol: 'grpc' | 'http';
  /** Undefined where it is no Service. */
  readonly backend: Backend | undefined;
  /** What is put before the path of a check over HTTP. */
  readonly path: string;
}

export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  /** Normalised; empty = any. */
  readonly hostname: string;
}

/** Its controller makes a gateway's pods, or it names the Services, by host name, of pods that are there. */
export type Deployed =
  | { readonly kind: 'Managed' }
  | { readonly kind: 'Manual'; readonly hosts: readonly string[] };

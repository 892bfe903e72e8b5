/** The Service in front of a gateway's validators, and how its host name is read. */

export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** By its host name the default of `--address`. */
export const SHARED_SERVICE: NamespacedName = { namespace: 'portcullis-system', name: 'portcullis-gateway' };
export const SHARED_PORTS = { http: 9001, grpc: 9002 } as const;

const SERVICE_NAME =
  /^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)\.([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)\.svc(\.[a-z0-9.-]+)?$/;

/** Which Service a host name such as `orders.shop.svc.cluster.local` means. */
export function serviceNamed(host: string): NamespacedName | undefined {
  const [, name, , namespace] = SERVICE_NAME.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

/** The settings by which every gateway asks a shared validator, whatever its configuration language. */

import type { ConfigObject } from './config.ts';

/** Something to paste, and where. */
export interface Piece {
  /** Lines, without the mark of a comment. */
  readonly heading: readonly string[];
  readonly document: ConfigObject;
}

export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** The Service in front of the validators, by its host name: the default of `--address`. */
export const SHARED_SERVICE: NamespacedName = { namespace: 'portcullis-system', name: 'portcullis-gateway' };
export const SHARED_PORTS = { http: 9001, grpc: 9002 } as const;

/** The ConfigMap with what the validators' certificates are signed by: in their own namespace, too, and kept there. */
export const CA_CONFIG_MAP = 'portcullis-ca';

const SERVICE_NAME =
  /^([a-z]([-a-z0-9]{0,61}[a-z0-9])?)\.([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)\.svc(\.[a-z0-9.-]+)?$/;

/** Which Service a host name such as `orders.shop.svc.cluster.local` means. */
export function serviceNamed(host: string): NamespacedName | undefined {
  const [, name, , namespace] = SERVICE_NAME.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : { namespace, name };
}

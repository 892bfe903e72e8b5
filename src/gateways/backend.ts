/** Objects of the Gateway API by which a gateway may ask validators, and knows them. */

import { CA_CONFIG_MAP } from '../sidecar/authorities.ts';
import type { Piece } from './piece.ts';
import type { NamespacedName } from './service.ts';

/** Has the gateway ask over TLS. */
export function backendEncryption({ namespace, name }: NamespacedName, hostname: string): Piece {
  return {
    heading: [
      'The validators are asked over TLS, and only those that show a certificate for this name, of an authority in',
      `ConfigMap ${CA_CONFIG_MAP}, which the operator keeps in that namespace. v1 came with Gateway API 1.4.`,
    ],
    document: {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'BackendTLSPolicy',
      metadata: { name, namespace },
      spec: {
        targetRefs: [{ group: '', kind: 'Service', name }],
        validation: {
          caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: CA_CONFIG_MAP }],
          hostname,
        },
      },
    },
  };
}

/**
 * Lets objects of another namespace name the Service.
 *
 * @param called the name of the grant: one of that name that is there already is replaced.
 */
export function serviceGrant(
  called: string,
  { namespace, name }: NamespacedName,
  from: { readonly group: string; readonly kind: string },
  namespaces: readonly string[],
): Piece {
  return {
    heading: [`Lets each ${from.kind} in ${namespaces.join(', ')} name the Service in ${namespace}.`],
    document: {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: called, namespace },
      spec: {
        from: namespaces.map((other) => ({ ...from, namespace: other })),
        to: [{ group: '', kind: 'Service', name }],
      },
    },
  };
}

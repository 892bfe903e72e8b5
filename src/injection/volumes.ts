/** The volumes of the sidecars, and where they are mounted. */

import type { JsonObject } from '../base/json.ts';
import { CA_CONFIG_MAP } from '../sidecar/authorities.ts';
import {
  AUTHORITIES_KEY,
  CERTIFICATE_KEY,
  type PortTls,
  PRIVATE_KEY,
  portFile,
} from '../sidecar/port-tls.ts';
import { hasTlsFiles, type PortListener } from './handover.ts';
import {
  CA_VOLUME,
  COUNTERS_VOLUME,
  MOUNT_PATHS,
  SHARED_VOLUME,
  STATE_VOLUME,
  TLS_VOLUME,
  TOKEN_AUDIENCE,
  TOKEN_SECONDS,
  TOKEN_VOLUME,
} from './layout.ts';

/** `withEnvoy`: there is an Envoy of ours, which shares a volume with the validator. */
export function ownVolumes(withEnvoy: boolean, listeners: readonly PortListener[]): readonly JsonObject[] {
  return [
    ...(withEnvoy ? [inMemory(SHARED_VOLUME, '8Mi'), inMemory(COUNTERS_VOLUME, '1Mi')] : []),
    ...(hasTlsFiles(listeners) ? [{ name: TLS_VOLUME, projected: { sources: tlsSources(listeners) } }] : []),
    // The last good policy, with its secrets: in memory, and for the validator alone.
    inMemory(STATE_VOLUME, '32Mi'),
    {
      name: TOKEN_VOLUME,
      projected: {
        sources: [
          {
            serviceAccountToken: {
              audience: TOKEN_AUDIENCE,
              expirationSeconds: TOKEN_SECONDS,
              path: 'token',
            },
          },
        ],
      },
    },
    // Starting never waits for the control plane: without it the door stays shut until it is there.
    { name: CA_VOLUME, configMap: { name: CA_CONFIG_MAP, optional: true } },
  ];
}

/** None is optional: a port without its certificate could serve no caller. Kubernetes names what a pod waits for. */
const tlsSources = (listeners: readonly PortListener[]): readonly JsonObject[] =>
  listeners.flatMap(({ port, tls: { secretName, ca } = {} }) => {
    const items = (...keys: readonly (readonly [key: string, file: string])[]): readonly JsonObject[] =>
      keys.map(([key, file]) => ({ key, path: portFile(port, file) }));
    const pair = items([CERTIFICATE_KEY, CERTIFICATE_KEY], [PRIVATE_KEY, PRIVATE_KEY]);
    return [
      ...(secretName === undefined ? [] : [{ secret: { name: secretName, items: pair } }]),
      ...(ca === undefined
        ? []
        : [{ configMap: { name: ca.configMap, items: items([ca.key, AUTHORITIES_KEY]) } }]),
    ];
  });

/** A key of an object that a pod does not start without. */
export interface NeededKey {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
}

/** What the volume of certificates takes for one port. */
export const neededKeys = ({ secretName, ca }: PortTls): readonly NeededKey[] => [
  ...(secretName === undefined
    ? []
    : [CERTIFICATE_KEY, PRIVATE_KEY].map((key) => ({ kind: 'Secret', name: secretName, key }) as const)),
  ...(ca === undefined ? [] : [{ kind: 'ConfigMap', name: ca.configMap, key: ca.key } as const]),
];

const inMemory = (name: string, sizeLimit: string): JsonObject => ({
  name,
  emptyDir: { medium: 'Memory', sizeLimit },
});

export function validatorMounts(withEnvoy: boolean): readonly JsonObject[] {
  return [
    ...(withEnvoy ? [{ name: SHARED_VOLUME, mountPath: MOUNT_PATHS.shared }] : []),
    { name: STATE_VOLUME, mountPath: MOUNT_PATHS.state },
    { name: TOKEN_VOLUME, mountPath: MOUNT_PATHS.token, readOnly: true },
    { name: CA_VOLUME, mountPath: MOUNT_PATHS.ca, readOnly: true },
  ];
}

/** A socket can be connected to on a read-only mount, and not be replaced. */
export const envoyMounts = (listeners: readonly PortListener[]): readonly JsonObject[] => [
  { name: SHARED_VOLUME, mountPath: MOUNT_PATHS.shared, readOnly: true },
  { name: COUNTERS_VOLUME, mountPath: MOUNT_PATHS.counters },
  ...(hasTlsFiles(listeners) ? [{ name: TLS_VOLUME, mountPath: MOUNT_PATHS.tls, readOnly: true }] : []),
];

/** The volumes of the sidecars, and where they are mounted. */

import type { JsonObject } from '../matching/json.ts';
import {
  CA_CONFIG_MAP,
  CA_VOLUME,
  COUNTERS_VOLUME,
  MOUNT_PATHS,
  SHARED_VOLUME,
  STATE_VOLUME,
  TOKEN_AUDIENCE,
  TOKEN_SECONDS,
  TOKEN_VOLUME,
} from './layout.ts';

/** `withEnvoy`: there is an Envoy of ours, which shares a volume with the validator. */
export function ownVolumes(withEnvoy: boolean): readonly JsonObject[] {
  return [
    ...(withEnvoy ? [inMemory(SHARED_VOLUME, '8Mi'), inMemory(COUNTERS_VOLUME, '1Mi')] : []),
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
export const ENVOY_MOUNTS: readonly JsonObject[] = [
  { name: SHARED_VOLUME, mountPath: MOUNT_PATHS.shared, readOnly: true },
  { name: COUNTERS_VOLUME, mountPath: MOUNT_PATHS.counters },
];

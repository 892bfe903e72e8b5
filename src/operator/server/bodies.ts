/** Policies as bytes: each is serialized once for all validators that get it. */

import { serializeEnvelope } from '../../policy/envelope.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';

export interface PolicyBodies {
  /** The very same buffer for the same policy, as long as it is among those that were wanted last. */
  of(update: Pick<PolicyUpdate, 'policy' | 'secrets'>): Buffer;
}

/** Bytes that are kept; the last one in any case. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Body {
  readonly secrets: PolicyUpdate['secrets'];
  readonly bytes: Buffer;
}

export function createBodies(maxBytes = MAX_BYTES): PolicyBodies {
  /** By version; those that were wanted last stand last. */
  const bodies = new Map<string, Body>();
  let total = 0;

  const remove = (version: string): void => {
    total -= bodies.get(version)?.bytes.length ?? 0;
    bodies.delete(version);
  };

  return {
    of({ policy, secrets }) {
      const { version } = policy;
      const known = bodies.get(version);
      const body =
        known !== undefined && haveSame(known.secrets, secrets)
          ? known
          : { secrets, bytes: Buffer.from(serializeEnvelope(policy, secrets)) };
      remove(version);
      bodies.set(version, body);
      total += body.bytes.length;
      for (const oldest of bodies.keys()) {
        if (total <= maxBytes || oldest === version) break;
        remove(oldest);
      }
      return body.bytes;
    },
  };
}

function haveSame(a: PolicyUpdate['secrets'], b: PolicyUpdate['secrets']): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  return [...a].every(([id, bytes]) => {
    const other = b.get(id);
    return other !== undefined && Buffer.compare(bytes, other) === 0;
  });
}

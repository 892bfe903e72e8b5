/** What validators have said they hold. Fills by itself within one poll, and forgets whoever is gone. */

import type { Time } from '../../kubernetes/time.ts';
import type { Caller } from './caller.ts';
import type { Asked } from './question.ts';

/** Of one pod, as it said last. */
export interface Validator extends Caller, Asked {
  readonly gateway: string | undefined;
}

/** The pod has said something else than before, or is not heard of any more. */
export type RegistryListener = (validator: Validator) => void;

export interface Registry {
  /** Begins a question. The answer ends it: a validator whose question is held is not silent. */
  heard(caller: Caller, gateway: string | undefined, asked: Asked): () => void;
  /** What this very pod, not another of its name, has said. */
  said(pod: string, uid: string): Validator | undefined;
  /** Pods whose validators ask for the policy of this gateway, in no particular order. */
  gatewayPods(gateway: string): readonly string[];
  /** Gateways that any validator asks for. */
  gateways(): ReadonlySet<string>;
  all(): Iterable<Validator>;
  forget(uid: string): void;
  /** Forgets those that are silent for too long, and those that do not live. */
  sweep(isLive: (caller: Caller) => boolean): void;
}

/**
 * Milliseconds after its last question, and the end of it, for which a validator counts. A question is held for 12 s
 * at most, and one that failed is asked again within 15 s: who says nothing for so long is cut off, or hangs.
 */
export const SILENCE = 60_000;

interface Row {
  validator: Validator;
  /** Questions that are held. */
  open: number;
  /** By the monotonic clock. */
  lastSeen: number;
}

export function createRegistry(time: Pick<Time, 'monotonic'>, onChange: RegistryListener): Registry {
  const rows = new Map<string, Row>();

  const forget = (uid: string): void => {
    const row = rows.get(uid);
    if (row !== undefined && rows.delete(uid)) onChange(row.validator);
  };

  const gatewayPods = (gateway: string) =>
    [...rows.values()]
      .filter(({ validator }) => validator.gateway === gateway)
      .map(({ validator }) => validator.pod);

  return {
    heard({ pod, uid }, gateway, { version, rejected }) {
      const before = rows.get(uid);
      const validator: Validator = { pod, uid, gateway, version, rejected };
      const row = before ?? { validator, open: 0, lastSeen: 0 };
      const isSame = before !== undefined && isEqual(before.validator, validator);
      if (!isSame) row.validator = validator;
      row.open += 1;
      row.lastSeen = time.monotonic();
      rows.set(uid, row);
      if (!isSame) onChange(validator);
      return () => {
        row.open -= 1;
        row.lastSeen = time.monotonic();
      };
    },
    said(pod, uid) {
      const validator = rows.get(uid)?.validator;
      return validator?.pod === pod ? validator : undefined;
    },
    gatewayPods,
    gateways: () => new Set([...rows.values()].flatMap(({ validator }) => validator.gateway ?? [])),
    all: () => rows.values().map(({ validator }) => validator),
    forget,
    sweep(isLive) {
      const now = time.monotonic();
      for (const [uid, { validator, open, lastSeen }] of rows) {
        if ((open === 0 && now - lastSeen > SILENCE) || !isLive(validator)) forget(uid);
      }
    },
  };
}

function isEqual(a: Validator, b: Validator): boolean {
  return (
    a.version === b.version &&
    a.gateway === b.gateway &&
    a.pod === b.pod &&
    a.rejected?.version === b.rejected?.version &&
    a.rejected?.reason === b.rejected?.reason
  );
}

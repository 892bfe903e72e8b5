/** Keeps what each validator reported with its last poll, and forgets validators that are gone. */

import type { Clock } from '../../base/clock.ts';
import { keepNewest } from '../../base/newest.ts';
import { add, remove, type SetsByKey } from '../../base/sets-by-key.ts';
import type { Caller } from './caller.ts';
import type { PollReport } from './question.ts';

/** The last report of one pod. */
export interface Validator extends Caller, PollReport {
  readonly gateway: string | undefined;
}

/** Called when a validator reports something else than before, and when it is forgotten. */
export type RegistryListener = (validator: Validator) => void;

export interface Registry {
  /** Notes the beginning of a poll. Returns the function that ends it: a validator with a waiting poll is not silent. */
  noteReport(caller: Caller, gateway: string | undefined, asked: PollReport): () => void;
  /** The last report of this very pod, not of another of its name. */
  reportOf(pod: string, uid: string): Validator | undefined;
  /** Pods whose validators ask for the policy of this gateway, in no particular order. */
  gatewayPods(gateway: string): readonly string[];
  /**
   * Whether a gateway asks its validators: true once one of them, since this registry is there, has been asked to judge
   * a request; false while all say that they have not been; undefined where one does not say, or none is there.
   */
  wasAsked(gateway: string): boolean | undefined;
  /**
   * Whether a gateway says with every check which route matched: all of its validators that say anything of that say
   * so. While none does, as while they are replaced, it is as it was; undefined before one did.
   */
  tellsRoutes(gateway: string): boolean | undefined;
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

/** Gateways that are remembered; of more, the ones noted first are forgotten. */
const MAX_ASKING = 4096;

interface Row {
  validator: Validator;
  /** Questions that are held. */
  open: number;
  /** By the monotonic clock. */
  lastSeen: number;
}

const NO_ROWS: ReadonlySet<Row> = new Set();

export function createValidatorRegistry(
  clock: Pick<Clock, 'monotonic'>,
  onChange: RegistryListener,
): Registry {
  const rows = new Map<string, Row>();
  /** Status asks for those of one gateway, for each of its bindings. */
  const byGateway: SetsByKey<Row> = new Map();
  /** Gateways that ask. It outlives their validators, so that a rollout of those changes nothing. */
  const asking = new Set<string>();
  /** By gateway; it outlives their validators as well. */
  const telling = new Map<string, boolean>();

  const forget = (uid: string): void => {
    const row = rows.get(uid);
    if (row === undefined) return;
    rows.delete(uid);
    leave(row);
    noteTelling(row.validator.gateway);
    onChange(row.validator);
  };

  const leave = (row: Row): void => {
    const { gateway } = row.validator;
    if (gateway !== undefined) remove(byGateway, gateway, row);
  };

  const noteAsked = (gateway: string): void => {
    asking.delete(gateway);
    asking.add(gateway);
    keepNewest(asking, MAX_ASKING);
  };

  const validatorsOf = (gateway: string): readonly Validator[] =>
    [...(byGateway.get(gateway) ?? NO_ROWS)].map(({ validator }) => validator);

  const noteTelling = (gateway: string | undefined): void => {
    if (gateway === undefined) return;
    const flags = validatorsOf(gateway).flatMap(({ tellsRoutes }) => tellsRoutes ?? []);
    if (flags.length === 0) return;
    telling.delete(gateway);
    telling.set(gateway, flags.every(Boolean));
    keepNewest(telling, MAX_ASKING);
  };

  return {
    noteReport({ pod, uid }, gateway, asked) {
      const { wasAsked } = asked;
      const before = rows.get(uid);
      const validator: Validator = { pod, uid, gateway, ...asked };
      const row = before ?? { validator, open: 0, lastSeen: 0 };
      const isSame = before !== undefined && isEqual(before.validator, validator);
      if (!isSame) {
        leave(row);
        row.validator = validator;
        if (gateway !== undefined) add(byGateway, gateway, row);
      }
      if (!isSame && gateway !== undefined && wasAsked === true) noteAsked(gateway);
      if (!isSame) noteTelling(gateway);
      row.open += 1;
      row.lastSeen = clock.monotonic();
      rows.set(uid, row);
      if (!isSame) onChange(validator);
      return () => {
        row.open -= 1;
        row.lastSeen = clock.monotonic();
      };
    },
    reportOf(pod, uid) {
      const validator = rows.get(uid)?.validator;
      return validator?.pod === pod ? validator : undefined;
    },
    gatewayPods: (gateway) => validatorsOf(gateway).map(({ pod }) => pod),
    wasAsked(gateway) {
      if (asking.has(gateway)) return true;
      const flags = validatorsOf(gateway).map(({ wasAsked }) => wasAsked);
      return flags.length > 0 && flags.every((asked) => asked === false) ? false : undefined;
    },
    tellsRoutes: (gateway) => telling.get(gateway),
    gateways: () => new Set(byGateway.keys()),
    all: () => rows.values().map(({ validator }) => validator),
    forget,
    sweep(isLive) {
      const now = clock.monotonic();
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
    a.wasAsked === b.wasAsked &&
    a.tellsRoutes === b.tellsRoutes &&
    a.takes === b.takes &&
    a.rejected?.version === b.rejected?.version &&
    a.rejected?.reason === b.rejected?.reason
  );
}

/**
 * The most frequent callers that were refused, by the Space-Saving algorithm (Metwally, Agrawal, El Abbadi 2005): where all
 * places of a binding are taken, a new row takes that of the rarest and inherits its weight, so that no frequent caller
 * stays out for long. Counts themselves are never inherited: a row tells what it has seen, and what was lost is counted.
 */

import { HOURLY_COUNT_BYTES, HourlyCount } from './hours.ts';
import { byItself, textBytes } from './kept-text.ts';
import type { NotedCaller, NotedDetails } from './noted.ts';
import type { RequestOutcome } from './outcome.ts';

/** Of one binding. */
export const MAX_ROWS = 256;
/** Of all bindings. */
export const MAX_ALL_ROWS = 4096;
/** That all rows may take together. Where texts are long, there are fewer rows. */
export const MAX_ROW_BYTES = 3.75 * 1024 * 1024;

export interface RowKey extends NotedCaller {
  readonly outcome: RequestOutcome;
  readonly rule: string;
  readonly reason: string;
}

export interface TopRow {
  readonly key: RowKey;
  readonly example: NotedDetails;
  readonly count: HourlyCount;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

export interface TopRows {
  /** Counts one request of a row. `details` is called where the row is new. */
  add(
    binding: string,
    key: RowKey,
    at: { readonly slot: number; readonly now: number },
    details: () => NotedDetails,
  ): void;
  /** Forgets the hour of that slot. */
  clear(slot: number): void;
  bindings(): Iterable<string>;
  of(binding: string): readonly TopRow[];
  /** How many requests of those that rows are kept for are in none. */
  unlisted(binding: string): HourlyCount | undefined;
  /** Bytes that it keeps, counted with care. */
  bytes(): number;
}

interface Kept {
  /** Texts that have no control characters, and zero bytes between them. */
  readonly id: string;
  readonly details: NotedDetails;
  readonly count: HourlyCount;
  readonly bytes: number;
  readonly first: number;
  last: number;
  /** Of the rows whose place it has: what they may have counted of it. */
  inherited: number;
  inheritedIn: number;
}

interface Place {
  readonly rows: Map<string, Kept>;
  readonly unlisted: HourlyCount;
  bytes: number;
}

/** Of the objects of a row besides its texts, and of a binding. */
const ROW_BYTES = 320 + HOURLY_COUNT_BYTES;
const PLACE_BYTES = 320 + HOURLY_COUNT_BYTES;

export function createTopRows(): TopRows {
  const places = new Map<string, Place>();
  let rows = 0;
  let bytes = 0;
  /** The binding whose rows took the most bytes when they were last compared. */
  let largest: Place | undefined;

  const placeOf = (binding: string): Place => {
    const known = places.get(binding);
    if (known !== undefined) return known;
    const place = { rows: new Map<string, Kept>(), unlisted: new HourlyCount(), bytes: 0 };
    places.set(binding, place);
    bytes += PLACE_BYTES + textBytes(binding);
    return place;
  };

  const remove = (place: Place, row: Kept): void => {
    place.rows.delete(row.id);
    place.bytes -= row.bytes;
    bytes -= row.bytes;
    rows -= 1;
  };

  /** Removes the rarest row, and of rare ones that which was not seen for the longest time. Returns its weight. */
  const evict = (place: Place): number => {
    let rarest: Kept | undefined;
    for (const row of place.rows.values()) if (rarest === undefined || isRarer(row, rarest)) rarest = row;
    if (rarest === undefined) return 0;
    place.unlisted.addAll(rarest.count);
    remove(place, rarest);
    return weightOf(rarest);
  };

  /** The binding that has the most gives way, so that callers of one API cannot drive out those of another. */
  const givesWay = (own: Place, needed: number): Place =>
    largest === undefined || own.bytes + needed >= largest.bytes ? own : largest;

  const compare = (): void => {
    largest = undefined;
    for (const place of places.values())
      if (largest === undefined || place.bytes > largest.bytes) largest = place;
  };

  /** Returns the weight that the new row inherits; undefined where there is no place. */
  const makePlace = (own: Place, needed: number): number | undefined => {
    let inherited = own.rows.size >= MAX_ROWS ? evict(own) : 0;
    while (rows >= MAX_ALL_ROWS || bytes + needed > MAX_ROW_BYTES) {
      const place = givesWay(own, needed);
      if (place.rows.size === 0) return undefined;
      const weight = evict(place);
      if (place === own) inherited = Math.max(inherited, weight);
      else compare();
    }
    return inherited;
  };

  return {
    add(binding, key, { slot, now }, details) {
      const own = placeOf(binding);
      const id = idOf(key);
      const known = own.rows.get(id);
      if (known !== undefined) {
        known.count.add(slot);
        known.last = now;
        return;
      }
      const kept = keptDetails(details());
      const size =
        ROW_BYTES + textBytes(id) + Object.values(kept).reduce((sum, text) => sum + textBytes(text), 0);
      const inherited = makePlace(own, size);
      if (inherited === undefined) {
        own.unlisted.add(slot);
        return;
      }
      const row: Kept = {
        id: byItself(id),
        details: kept,
        count: new HourlyCount(),
        bytes: size,
        first: now,
        last: now,
        inherited,
        inheritedIn: slot,
      };
      row.count.add(slot);
      own.rows.set(row.id, row);
      own.bytes += size;
      bytes += size;
      rows += 1;
      if (largest === undefined || own.bytes > largest.bytes) largest = own;
    },
    clear(slot) {
      for (const [binding, place] of places) {
        place.unlisted.clear(slot);
        for (const row of place.rows.values()) {
          row.count.clear(slot);
          if (row.inheritedIn === slot) row.inherited = 0;
          if (row.count.total === 0) remove(place, row);
        }
        if (place.rows.size === 0 && place.unlisted.total === 0) {
          places.delete(binding);
          bytes -= PLACE_BYTES + textBytes(binding);
        }
      }
      compare();
    },
    bindings: () => places.keys(),
    of: (binding) => [...(places.get(binding)?.rows.values() ?? [])].map(shownRow),
    unlisted: (binding) => places.get(binding)?.unlisted,
    bytes: () => bytes,
  };
}

const weightOf = ({ inherited, count }: Kept): number => inherited + count.total;

function isRarer(row: Kept, other: Kept): boolean {
  const difference = weightOf(row) - weightOf(other);
  return difference < 0 || (difference === 0 && row.last < other.last);
}

const BETWEEN = '\0';

const idOf = ({ outcome, rule, reason, source, client, network, user }: RowKey): string =>
  [outcome, rule, reason, source, client, network, user].join(BETWEEN);

/** The parts of an id are those of a key. */
function keyOf(id: string): RowKey {
  const [outcome, rule = '', reason = '', source = '', client = '', network = '', user = ''] =
    id.split(BETWEEN);
  return { outcome: outcome as RequestOutcome, rule, reason, source, client, network, user };
}

const shownRow = ({ id, details, count, first, last }: Kept): TopRow => ({
  key: keyOf(id),
  example: details,
  count,
  first,
  last,
});

function keptDetails(details: NotedDetails): NotedDetails {
  return {
    method: byItself(details.method),
    path: byItself(details.path),
    mcpMethod: byItself(details.mcpMethod),
    mcpName: byItself(details.mcpName),
    requestId: byItself(details.requestId),
    detail: byItself(details.detail),
    tokenSays: byItself(details.tokenSays),
    expected: byItself(details.expected),
    remedy: byItself(details.remedy),
  };
}

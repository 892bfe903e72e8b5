/** Counts by the hour, of the last 24 hours: a ring of slots, one for each hour. */

/** Slots. */
export const HOURS = 24;

/** How often something happened. A class, because thousands of them are kept. */
export class HourlyCount {
  readonly #slots: number[] = Array<number>(HOURS).fill(0);
  /** Of all slots. */
  total = 0;

  add(slot: number, count = 1): void {
    this.#slots[slot] = this.at(slot) + count;
    this.total += count;
  }

  at(slot: number): number {
    return this.#slots[slot] ?? 0;
  }

  /** The hour that this slot stood for is over for good. */
  clear(slot: number): void {
    this.total -= this.at(slot);
    this.#slots[slot] = 0;
  }

  /** Counts in what another one has. */
  addAll(other: HourlyCount): void {
    for (let slot = 0; slot < HOURS; slot++) this.add(slot, other.at(slot));
  }

  of(slots: readonly number[]): number {
    return slots.reduce((sum, slot) => sum + this.at(slot), 0);
  }
}

/** Bytes that an HourlyCount takes: a number of eight bytes for each slot, and the objects around them. */
export const HOURLY_COUNT_BYTES = HOURS * 8 + 96;

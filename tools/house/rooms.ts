/** How large the rooms of src/ are. */

import type { SourceFile } from './sources.ts';

export interface RoomSize {
  readonly room: string;
  readonly files: number;
  readonly lines: number;
  /** Lines of the file in the middle. */
  readonly median: number;
  /** Files with more lines than `make lint` permits. */
  readonly long: number;
}

const LONGEST = 250;

/** Each room by its name, then all of them together as `all`. */
export function roomSizes(files: readonly SourceFile[]): readonly RoomSize[] {
  const byRoom = Map.groupBy(files, (file) => file.path.split('/')[1] ?? '');
  const rooms = [...byRoom].sort(([a], [b]) => a.localeCompare(b));
  return [...rooms, ['all', files] as const].map(([room, inRoom]) => sizeOf(room, inRoom));
}

function sizeOf(room: string, files: readonly SourceFile[]): RoomSize {
  const lines = files.map(({ text }) => linesOf(text));
  return {
    room,
    files: files.length,
    lines: lines.reduce((sum, count) => sum + count, 0),
    median: median(lines),
    long: lines.filter((count) => count > LONGEST).length,
  };
}

/** A last line without a line feed counts too. */
export function linesOf(text: string): number {
  const feeds = text.split('\n').length - 1;
  return text === '' || text.endsWith('\n') ? feeds : feeds + 1;
}

/** Of an even number of values the mean of the two in the middle; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/** A mark: a bound that a ratio, a time or a size must keep. */

export interface Mark {
  readonly name: string;
  readonly bound: number;
  readonly direction: 'at least' | 'at most';
  readonly unit: string;
  readonly reached: number;
}

export const atLeast = (name: string, bound: number, unit: string, reached: number): Mark => ({
  name,
  bound,
  direction: 'at least',
  unit,
  reached,
});

export const atMost = (name: string, bound: number, unit: string, reached: number): Mark => ({
  name,
  bound,
  direction: 'at most',
  unit,
  reached,
});

export const keepsMark = ({ bound, direction, reached }: Mark): boolean =>
  direction === 'at least' ? reached >= bound : reached <= bound;

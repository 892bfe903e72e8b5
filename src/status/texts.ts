/** Counts and lists in the texts of conditions. */

/** How many are named before the rest is counted: messages should stay short, and stand still. */
const NAMED = 5;

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** The first of them, sorted, and how many more there are; behind the noun for one or for several. */
export function few(texts: readonly string[], one = '', several = one): string {
  const sorted = texts.toSorted();
  const named = sorted.slice(0, NAMED).join(', ');
  const rest = sorted.length > NAMED ? ` and ${sorted.length - NAMED} more` : '';
  const noun = sorted.length === 1 ? one : several;
  return `${noun === '' ? '' : `${noun} `}${named}${rest}`;
}

/** Unix seconds as the API server writes times: whole seconds. */
export const time = (seconds: number): string =>
  new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');

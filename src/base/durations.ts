/** Durations as manifests write them: `10m`, `1h30m`, `500ms`. */

const DURATION = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;
const PART = /([0-9]+)(ms|h|m|s)/g;
const MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Seconds, with a fraction for milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, count, unit] of text.matchAll(PART)) {
    milliseconds += Number(count) * (MILLISECONDS[unit ?? ''] ?? Number.NaN);
  }
  return milliseconds / 1000;
}

/** The shortest usual way to write a number of seconds: `90` is `1m30s`. Rounds to milliseconds. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  let text = '';
  for (const [unit, size] of Object.entries(MILLISECONDS)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

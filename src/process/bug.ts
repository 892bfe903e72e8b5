/** The parts of an unexpected error that may be logged: its message could quote a token or a secret. */

import type { LogFields } from '../telemetry/log.ts';

const FRAMES = 4;

/** Its name, and where in our code it came up. */
export function describeBug(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const at = frames
    .slice(0, FRAMES)
    .map((line) => line.trim())
    .join(' ');
  return { error: error.name, at };
}

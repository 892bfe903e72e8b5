/** Labels of metrics for alerts, derived from a status: why an API is not guarded, and the state of a source's keys. */

import type { Condition } from '../resources/types.gen.ts';
import { TRIED } from './trials.ts';

/** `failing`: keys that serve, though the last fetch failed. `stale`: past maxStale. */
export type KeysState = 'current' | 'failing' | 'stale' | 'never_read' | 'not_accepted';

/** The reason of Guarded where it is False, and a guard is meant. */
export const notGuarded = (conditions: readonly Condition[]): string | undefined =>
  conditions.find(({ type, status, reason }) => type === 'Guarded' && status === 'False' && reason !== TRIED)
    ?.reason;

export function keysState(status: {
  readonly conditions?: readonly Condition[] | undefined;
  readonly issuerError?: object | undefined;
  readonly keysChangedTime?: string | undefined;
}): KeysState | undefined {
  const condition = status.conditions?.find(({ type }) => type === 'KeysAvailable');
  if (condition === undefined) return undefined;
  if (condition.reason === 'NotAccepted') return 'not_accepted';
  if (condition.status === 'True') return status.issuerError === undefined ? 'current' : 'failing';
  return status.keysChangedTime === undefined ? 'never_read' : 'stale';
}

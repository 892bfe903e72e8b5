/**
 * How a validator tells the control plane how many requests bindings in mode Audit or Trial would have denied: a header
 * field of its polls, which names a binding by its place in the policy that the poll acknowledges. So it is short, and can
 * speak of no binding that the validator does not have. Readers never throw.
 */

import type { BindingPolicy, Policy } from './policy.ts';

/** `process 0=12/10,3=1`: at place 0 there are 12, of which 10 were told before. An operator of an older version passes it over. */
export const WOULD_DENY_FIELD = 'portcullis-would-deny';

export interface WouldDenyCount {
  /** Among all bindings of the policy: those that decide, then its Trials. */
  readonly place: number;
  /** Since this process counts this revision of the binding. It never gets less. */
  readonly count: number;
  /** Of those, how many a leader was told before. */
  readonly told: number;
}

export interface WouldDenyReport {
  /** Names the process: the next one in the same pod counts from 0. */
  readonly process: string;
  readonly counts: readonly WouldDenyCount[];
}

/** Those of more bindings are told with the next poll. */
export const MOST_COUNTS = 128;
/** Which nobody reaches, and twelve digits write. */
export const HIGHEST_COUNT = 999_999_999_999;

const PROCESS = /^[A-Za-z0-9_-]{1,36}$/;
const COUNT = /^(\d{1,5})=(\d{1,12})(?:\/(\d{1,12}))?$/;
/** The longest that there can be. */
const MOST_CHARACTERS = 37 + MOST_COUNTS * 32;

export function formatWouldDeny({ process, counts }: WouldDenyReport): string {
  const texts = counts.map(({ place, count, told }) => `${place}=${count}${told > 0 ? `/${told}` : ''}`);
  return `${process} ${texts.join(',')}`;
}

/** Undefined also where any part of it cannot be read: what validators are sent does not depend on it. */
export function parseWouldDeny(field: string | undefined): WouldDenyReport | undefined {
  if (field === undefined || field.length > MOST_CHARACTERS) return undefined;
  const [process = '', list = '', ...others] = field.split(' ');
  const texts = list.split(',');
  if (!PROCESS.test(process) || others.length > 0 || texts.length > MOST_COUNTS) return undefined;
  const counts: WouldDenyCount[] = [];
  for (const text of texts) {
    const [, place, count, told = '0'] = COUNT.exec(text) ?? [];
    if (place === undefined || Number(told) > Number(count)) return undefined;
    counts.push({ place: Number(place), count: Number(count), told: Number(told) });
  }
  return { process, counts };
}

/** By their places. */
export const countedBindings = ({ bindings, trials = [] }: Policy): readonly BindingPolicy[] => [
  ...bindings,
  ...trials,
];

/** Whether a gateway asks its validators about requests, as far as objects say it. */

import type { Store } from '../cluster/store.ts';

export type Asked = { readonly kind: 'asked' } | Unasked;

/** Some requests are not asked about, or it cannot be told: why, and what to do. */
export interface Unasked {
  readonly kind: 'unasked';
  readonly why: string;
  readonly remedy: string;
}

export const ASKED: Asked = { kind: 'asked' };

export const unasked = (why: string, remedy: string): Unasked => ({ kind: 'unasked', why, remedy });

/** What is looked at. */
export interface AskingView {
  readonly store: Pick<Store, 'get' | 'near'>;
  /** Pods, namespace/name, of the validators of a gateway. */
  readonly gatewayPods: (gateway: string) => readonly string[];
}

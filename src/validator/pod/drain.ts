/**
 * A pod's end, as its clients see it. Clients must leave their connections while the app still serves, because Envoy does
 * not tell them when the app closes its own. Envoy's container has a hook that asks for it as soon as the
 * kubelet has decided; the signal comes last of all.
 */

import type { Clock } from '../../base/clock.ts';
import { type Page, textPage } from '../../process/pages.ts';
import { READABLE, replaceFile } from '../../process/replace-file.ts';
import { DRAINING, SERVING } from '../../sidecar/bootstrap.ts';

/** Milliseconds. If another caller gets the key, a pod that lives on must not drain for ever. */
const LONGEST = 3_600_000;

/** The file that Envoy follows, beside its bootstrap. */
export const drainFile = (bootstrap: string): string => `${bootstrap}.drain`;

export interface Draining {
  /** Writes the file for an Envoy that is about to start. Rejects with the file system's error. */
  prepare(): Promise<void>;
  page(): Promise<Page>;
}

export function createDraining(file: string, clock: Clock): Draining {
  let last = Promise.resolve();
  const say = (state: string): Promise<void> => {
    last = last.catch(() => undefined).then(() => replaceFile(file, state, READABLE));
    return last;
  };
  let callOff = () => {};
  return {
    prepare: () => say(SERVING),
    async page() {
      await say(DRAINING);
      callOff();
      // Should that fail, the only harm is that clients go on making new connections.
      callOff = clock.after(LONGEST, () => void say(SERVING).catch(() => undefined));
      return textPage(200, 'draining');
    },
  };
}

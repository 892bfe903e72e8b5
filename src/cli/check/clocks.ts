/** Whether the clocks by which tokens are judged are right: those of the nodes, as a validator on each says the time. */

import { VALIDATOR_CONTAINER } from '../../injection/layout.ts';
import type { AskedPods } from '../../kubernetes/pod-http.ts';
import { count, few } from '../../status/texts.ts';
import { bad, type CheckLine, doubtful, well } from './line.ts';
import type { SeenPod } from './sidecars.ts';

/** Seconds by which a validator's clock is before ours, by pod, namespace/name. */
export type AskedClocks = AskedPods<number>;

/** The Date header has whole seconds, and the way takes time. */
const TOLERATED = 5;
/** A source's default clockSkew: beyond it tokens are refused that are good. */
const SKEW = 30;
/** Nodes that are looked at. */
const MOST_NODES = 32;

/** A ready one on each node, for they have its clock. */
export function clockPods(injected: readonly SeenPod[]): readonly string[] {
  const ready = injected
    .map(({ pod }) => pod)
    .filter(({ ready, deleting, sidecars }) => ready && !deleting && sidecars.validator);
  const byNode = new Map(ready.map(({ node, metadata }) => [node, `${metadata.namespace}/${metadata.name}`]));
  return [...byNode.values()].slice(0, MOST_NODES);
}

/** Of a validator's answer. @param now Unix seconds, halfway between question and answer. */
export function clockDifference(date: string | undefined, now: number): number | undefined {
  const told = date === undefined ? Number.NaN : Date.parse(date) / 1000;
  if (Number.isNaN(told)) return undefined;
  // It says when its second began.
  return told + 0.5 - now;
}

export function checkClocks({ told, silent }: AskedClocks): readonly CheckLine[] {
  const what = 'Clocks';
  const off = told.filter(({ value }) => Math.abs(value) > TOLERATED);
  const names = few(
    off.map(({ pod, value }) => `${pod} (${Math.round(value)} s)`),
    'Pod',
    'Pods',
  );
  const remedy = 'set the clocks of their nodes by NTP, and see that yours is right';
  const isFar = off.some(({ value }) => Math.abs(value) > SKEW);
  return [
    ...(off.length === 0
      ? told.length === 0
        ? []
        : [well(what, `those of ${count(told.length, 'node')} agree with yours`)]
      : [(isFar ? bad : doubtful)(what, `${names}: not the time that your clock has`, remedy)]),
    ...(silent.length === 0
      ? []
      : [
          {
            mark: 'unknown' as const,
            what,
            said: `not told by ${few(silent.map(({ pod, why }) => `${pod} (${why})`))}: that needs the right to pods/portforward, and a container ${VALIDATOR_CONTAINER} that runs`,
          },
        ]),
  ];
}

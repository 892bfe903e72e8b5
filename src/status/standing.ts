/** Compares the sidecars of a pod, which injection fixed when the pod was made, with what it should be guarded for. */

import type { Pod } from '../cluster/objects.ts';
import { spokenAs } from '../injection/spoken.ts';
import type { Guard } from '../targets/guards.ts';
import { guardOfBinding, shapingGuards } from '../targets/guards.ts';
import { type ChartImages, hasOtherImages } from './images.ts';

export interface Standing {
  /** Ports that this binding guards, and the sidecars do not: a call to them meets no validator. */
  readonly uncaptured: readonly number[];
  /**
   * Ports of this binding, a Trial, where it is not judged: sidecars take what the bindings ask for that decide, and
   * those leave these out.
   */
  readonly untried: readonly number[];
  /** Ports that are led to the validator though no binding guards them any more: it refuses every request there. */
  readonly closed: readonly number[];
  /** Its sidecars are of another version than the control plane's. */
  readonly otherVersion: boolean;
  /** They speak to a guarded port, or its callers, otherwise than its bindings say by now. */
  readonly otherProtocol: boolean;
}

const NO_SIDECARS: Standing = {
  uncaptured: [],
  untried: [],
  closed: [],
  otherVersion: false,
  otherProtocol: false,
};

/** @param guards every binding's on the pod; only this binding's ports count as uncaptured. */
export function standingOf(pod: Pod, guards: readonly Guard[], binding: string, version: string): Standing {
  const { validator, envoy, version: injected } = pod.sidecars;
  if (!validator) return NO_SIDECARS;
  const otherVersion = injected !== version;
  // With capture None the pod's own Envoy decides which ports it guards.
  if (!envoy) return { ...NO_SIDECARS, otherVersion };
  const captured = capturedPorts(pod);
  const shaping = shapingGuards(guards);
  const uncapturedOf = (guard: Guard | undefined): readonly number[] =>
    (guard?.ports ?? []).map(({ port }) => port).filter((port) => !captured.has(port));
  const shapes = guardOfBinding(shaping, binding);
  return {
    uncaptured: uncapturedOf(shapes),
    untried: shapes === undefined ? uncapturedOf(guardOfBinding(guards, binding)) : [],
    closed: closedPorts(captured, guards),
    otherVersion,
    otherProtocol: speaksOtherwise(pod, shaping),
  };
}

const PLAIN: readonly string[] = (['HTTP', 'H2C'] as const).map((protocol) => spokenAs({ protocol }));

/** What no binding says in so many words, names of ports have said, and may say otherwise for new pods alone. */
function speaksOtherwise({ sidecars: { ports, spoken } }: Pod, guards: readonly Guard[]): boolean {
  const all = guards.flatMap((guard) => guard.ports);
  return ports.some((port, index) => {
    const here = all.filter((guarded) => guarded.port === port);
    const written = here.filter(({ isWritten }) => isWritten).map(spokenAs);
    const now = spoken[index] ?? '';
    return written.length > 0 ? !written.includes(now) : here.length > 0 && !PLAIN.includes(now);
  });
}

/** Whether the sidecars would be made otherwise by now, be they of this version and for these ports. */
export const isOfOtherMake = ({ sidecars }: Pod, images: ChartImages | undefined): boolean =>
  sidecars.forged !== undefined ||
  sidecars.older !== undefined ||
  (images !== undefined && hasOtherImages(sidecars, images));

/** A binding whose ports are not known judges all of them. */
function closedPorts(captured: ReadonlySet<number>, guards: readonly Guard[]): readonly number[] {
  const { ports, isAny } = portsGuardedBy(guards);
  return guards.length === 0 || isAny ? [] : [...captured].filter((port) => !ports.has(port));
}

export const capturedPorts = ({ sidecars }: Pod): ReadonlySet<number> => new Set(sidecars.ports);

interface GuardedPorts {
  readonly ports: ReadonlySet<number>;
  /** The ports of one of them are not known. */
  readonly isAny: boolean;
}

/** By the guards themselves, which all pods of a class have in common. */
const known = new WeakMap<readonly Guard[], GuardedPorts>();

export function portsGuardedBy(guards: readonly Guard[]): GuardedPorts {
  const found = known.get(guards) ?? {
    ports: new Set(guards.flatMap(({ ports }) => ports.map(({ port }) => port))),
    isAny: guards.some(({ ports }) => ports.length === 0),
  };
  known.set(guards, found);
  return found;
}

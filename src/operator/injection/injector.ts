/** Decides on pods at admission: adds sidecars or refuses, and checks the pod again when no other webhook can change it. */

import { objectAt } from '../../base/members.ts';
import { inject } from '../../injection/inject.ts';
import { sameJson } from '../../injection/members.ts';
import { ownImages } from '../../injection/own-images.ts';
import { jsonPatch } from '../../injection/patch.ts';
import { type InjectionRefusal, injectionRefusal } from '../../injection/refusals.ts';
import type { Injection, InjectionSettings } from '../../injection/request.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { type AdmissionDecision, ALLOWED, refuse } from '../admission/decision.ts';
import type { AdmissionRequest } from '../admission/review.ts';
import { type PodCandidate, readCandidate } from './candidate.ts';
import { allGuards, areTrials, guardsOf, type PodGuards } from './guards.ts';
import type { PodReading } from './reading.ts';
import type { NamespaceSurroundings } from './surroundings.ts';
import type { Trust } from './trust.ts';
import { possibleText, refusalText, untrustedText } from './words.ts';

/** How a review came out; 'confirmed' is a pod whose sidecars were there already. */
export type InjectionResult = 'injected' | 'confirmed' | 'unasked' | 'refused';

export interface Told {
  readonly result: InjectionResult;
  readonly reason: InjectionRefusal['reason'] | undefined;
  /** Of a refusal. */
  readonly message: string | undefined;
  readonly candidate: PodCandidate;
}

export interface InjectorParts {
  readonly reading: PodReading;
  readonly trust: Trust;
  readonly settings: InjectionSettings;
  /** A new random one each time. */
  readonly newHookKey: () => string;
  /** Called with each result, to count it and to record Events; not for a dry run. */
  readonly tell: (told: Told) => void;
}

export interface Injector {
  /** A new pod, which may be changed. */
  inject(request: AdmissionRequest): Promise<AdmissionDecision>;
  /** The same as it is stored now, or with other labels than before. */
  confirm(request: AdmissionRequest): Promise<AdmissionDecision>;
}

export function createInjector({ reading, trust, settings, newHookKey, tell }: InjectorParts): Injector {
  const judgeWith = async (
    request: AdmissionRequest,
    read: (candidate: PodCandidate) => Promise<Outcome<NamespaceSurroundings>>,
    judge: (candidate: PodCandidate, surroundings: NamespaceSurroundings) => Judgement | Promise<Judgement>,
  ): Promise<AdmissionDecision> => {
    if (request.subResource !== '') return ALLOWED;
    if (!isPod(request)) return refuse('BadRequest', unknownKind(request));
    const candidate = readCandidate(request.object, request.namespace);
    if (candidate === undefined) return refuse('BadRequest', 'there is no pod to be judged');
    const surroundings = await read(candidate);
    const outcome: Judgement =
      surroundings.kind === 'ok'
        ? await judge(candidate, surroundings.value)
        : refused(candidate, NO_GUARDS, [injectionRefusal('BindingsUnknown', surroundings.error.message)]);
    if (!request.dryRun) tell({ ...outcome, candidate });
    return outcome.decision;
  };

  const now = ({ pod }: PodCandidate) => reading(pod.metadata.namespace);
  const injected = (candidate: PodCandidate, surroundings: NamespaceSurroundings, isFinal: boolean) => {
    const guards = guardsOf(candidate.pod, surroundings);
    const { namespace } = surroundings;
    const injection = inject({
      pod: candidate.written,
      namespace,
      guards: allGuards(guards),
      settings,
      isFinal,
      hookKey: newHookKey(),
    });
    const mayGoWithout = isFinal || injection.kind === 'refused';
    return { guards, injection: mayGoWithout && isTriedOnly(candidate, guards) ? UNGUARDED : injection };
  };

  return {
    async inject(request) {
      if (request.operation !== 'CREATE') return ALLOWED;
      const read = request.dryRun ? now : reading.awaited;
      return judgeWith(request, read, async (candidate, surroundings) => {
        const { guards, injection } = injected(candidate, surroundings, false);
        const warnings = possibleText(candidate, guards);
        switch (injection.kind) {
          case 'unasked':
            return UNASKED;
          case 'unchanged':
            return { ...CONFIRMED, decision: { kind: 'allowed', warnings } };
          case 'guarded': {
            const isTrusting = request.dryRun || (await trust(request.namespace));
            const all = isTrusting ? warnings : [...warnings, untrustedText(candidate, request.namespace)];
            const patch = jsonPatch(candidate.written, injection.pod);
            return { ...CONFIRMED, result: 'injected', decision: { kind: 'allowed', warnings: all, patch } };
          }
          case 'refused':
            return refused(candidate, guards, injection.refusals);
        }
      });
    },
    async confirm(request) {
      switch (request.operation) {
        case 'CREATE':
          return judgeWith(request, now, (candidate, surroundings) => {
            const { guards, injection } = injected(candidate, surroundings, true);
            return confirmed(candidate, guards, injection);
          });
        case 'UPDATE':
          return judgeWith(request, now, (candidate, surroundings) =>
            relabelled(candidate, readCandidate(request.oldObject, request.namespace), surroundings),
          );
        case 'DELETE':
        case 'CONNECT':
          return ALLOWED;
      }
    },
  };
}

type Judgement = Omit<Told, 'candidate'> & { readonly decision: AdmissionDecision };

const UNASKED: Judgement = { result: 'unasked', reason: undefined, message: undefined, decision: ALLOWED };
const CONFIRMED: Judgement = {
  result: 'confirmed',
  reason: undefined,
  message: undefined,
  decision: ALLOWED,
};
const NO_GUARDS: PodGuards = { certain: [], possible: [], exposed: undefined };

function confirmed(candidate: PodCandidate, guards: PodGuards, injection: Injection): Judgement {
  switch (injection.kind) {
    case 'unasked':
      return UNASKED;
    case 'unchanged':
      return CONFIRMED;
    case 'guarded':
      return refused(candidate, guards, [injectionRefusal('SidecarsChanged')]);
    case 'refused':
      return refused(candidate, guards, injection.refusals);
  }
}

const UNGUARDED: Injection = { kind: 'unasked' };

/** A Trial keeps no pod away: one that cannot have sidecars goes without, and the Trial is not judged there. */
const isTriedOnly = ({ label, pod }: PodCandidate, guards: PodGuards): boolean =>
  areTrials(guards) && label !== 'true' && !pod.sidecars.validator;

const imagesOf = ({ written }: PodCandidate) => ownImages(objectAt(written.spec));

/**
 * A running pod gets no sidecars any more. A pod without sidecars that was not targeted must not become targeted by
 * other labels: it would serve the API without a guard. A pod that was targeted before is no more open than it was.
 */
function relabelled(
  candidate: PodCandidate,
  before: PodCandidate | undefined,
  surroundings: NamespaceSurroundings,
): Judgement {
  if (candidate.label === 'false') return UNASKED;
  if (candidate.pod.sidecars.validator) {
    // While the pod had the label "false", its changes were not checked.
    const isKnown = before?.label !== 'false' && sameJson(imagesOf(candidate), before && imagesOf(before));
    return isKnown ? UNASKED : refused(candidate, NO_GUARDS, [injectionRefusal('SidecarsChanged')]);
  }
  const guards = guardsOf(candidate.pod, surroundings);
  const old = before === undefined ? NO_GUARDS : guardsOf(before.pod, surroundings);
  const known = new Set(old.certain.map(({ binding }) => binding));
  const certain = guards.certain.filter(({ binding, isTrial }) => !known.has(binding) && !isTrial);
  const wasGuarded = old.certain.some(({ isTrial }) => !isTrial) || old.exposed !== undefined;
  const exposed = wasGuarded ? undefined : guards.exposed;
  if (certain.length === 0 && exposed === undefined) return UNASKED;
  return refused(candidate, { certain, possible: [], exposed }, [injectionRefusal('RelabelledOpen')]);
}

function refused(
  candidate: PodCandidate,
  guards: PodGuards,
  refusals: readonly InjectionRefusal[],
): Judgement {
  const message = refusalText(candidate, guards, refusals);
  const reason = refusals[0]?.reason;
  const status = reason === 'BindingsUnknown' ? 'ServiceUnavailable' : 'Forbidden';
  return { result: 'refused', reason, message, decision: refuse(status, message) };
}

const isPod = ({ group, version, kind }: AdmissionRequest): boolean =>
  group === '' && version === 'v1' && kind === 'Pod';

function unknownKind({ group, version, kind }: AdmissionRequest): string {
  return (
    `Portcullis injects into no ${kind} of ${group}/${version}, only into Pods of v1; correct the rules of its ` +
    'webhook configurations'
  );
}

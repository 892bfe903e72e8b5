/** Injects sidecars: makes the guarded pod from a pod and its bindings, or refuses. */

import { objectAt } from '../base/members.ts';
import { writtenCaptureMode } from './capture-mode.ts';
import { checkPorts } from './check-ports.ts';
import { differences, differencesText } from './differences.ts';
import { envoyChoices } from './envoy-choices.ts';
import { guardedPod } from './guarded-pod.ts';
import { hookKeyOf } from './handover.ts';
import { INJECT_LABEL } from './layout.ts';
import { textMembers } from './members.ts';
import { obstacles } from './obstacles.ts';
import { withMarksOfSidecars } from './pod-copy.ts';
import { declaredPorts, guardedPorts, listenersOf } from './ports.ts';
import { hasSidecars, presentListeners } from './present.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';
import type { Injection, InjectionRequest, PodGuard } from './request.ts';
import { sidecarResources } from './resources.ts';
import { restorePod, withoutAddedSecrets } from './restore.ts';
import { sidecarUsers } from './users.ts';

/**
 * The same answer for a pod as it was written and as it came out of here: a webhook may be called again, and with a
 * pod of an older version, or one that `portcullis inject` has made.
 */
export function inject(request: InjectionRequest): Injection {
  const { namespace, settings, isFinal = false } = request;
  const pod = withMarksOfSidecars(request.pod, settings.version);
  const { labels, annotations } = objectAt(pod.metadata);
  const label = objectAt(labels)[INJECT_LABEL];
  const guards = label === undefined ? guardsOrOwn(request) : request.guards;
  if (label === 'false' || guards === undefined) return { kind: 'unasked' };
  if (label !== undefined && label !== 'true')
    return refused([injectionRefusal('LabelUnknown', JSON.stringify(label))]);
  const restored = restorePod(pod);
  if (restored === undefined) return refused([injectionRefusal('InjectionBroken')]);
  const marks = textMembers(annotations);
  const capture = writtenCaptureMode(marks, namespace.annotations);
  if (capture === undefined) return refused([injectionRefusal('CaptureUnknown')]);

  const users = sidecarUsers(settings.platform, namespace.annotations, objectAt(restored.spec));
  const declared = declaredPorts(objectAt(restored.spec));
  const guarded = guardedPorts(guards, declared, capture);
  const refusals: InjectionRefusal[] = [];
  const ports = checkPorts(marks, refusals);
  refusals.push(
    ...obstacles({
      pod: restored,
      namespace,
      guards,
      capture,
      checkPorts: ports,
      declared,
      guarded,
      controlPlane: settings.controlPlane,
      users,
    }),
  );
  const resources = sidecarResources(marks, refusals);
  const choices = envoyChoices(marks, refusals);
  if (refusals.length > 0) return refused(refusals);

  const listeners = capture === 'None' ? [] : listenersOf(guarded, declared, capture);
  const hookKey = hookKeyOf(pod) ?? request.hookKey;
  const wanted = guardedPod(restored, {
    capture,
    checkPorts: ports,
    listeners,
    hookKey,
    resources,
    choices,
    users,
    settings,
    original: withoutAddedSecrets(restored, pod),
  });
  if (wanted.unusable.length > 0) {
    return refused(wanted.unusable.map((probe) => injectionRefusal('ProbeUnusable', probe)));
  }
  const found = differences(request.pod, wanted.pod, {
    otherImages: isFinal,
    earlierContainers: isFinal || capture === 'None',
    otherProbes: capture === 'None',
  });
  if (found.length === 0) return { kind: 'unchanged' };
  if (isFinal) return refused([injectionRefusal('SidecarsChanged', differencesText(found))]);
  return { kind: 'guarded', pod: wanted.pod };
}

/**
 * A pod that brings sidecars asks for them, even before a binding is known: else anything that is called so would stay, and
 * be taken for a guard when the binding comes. Until then they take the ports that they say. Undefined where nothing asks.
 */
function guardsOrOwn({ pod, guards }: InjectionRequest): readonly PodGuard[] | undefined {
  if (guards.length > 0) return guards;
  const spec = objectAt(pod.spec);
  if (!hasSidecars(spec)) return undefined;
  const ports = presentListeners(spec);
  return ports.length === 0 ? [] : [{ binding: '', ports, problem: undefined }];
}

const refused = (refusals: readonly InjectionRefusal[]): Injection => ({ kind: 'refused', refusals });

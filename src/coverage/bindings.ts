/** What a binding itself leaves open: pods without what guards them, ways around, and its mode. */

import type { StoredBinding } from '../cluster/objects.ts';
import type { BindingFacts } from '../status/binding-facts.ts';
import { isBypassable, lacksEnvoy, unguardedPods } from '../status/guarded.ts';
import type { PodFacts } from '../status/pod-facts.ts';
import { few } from '../status/texts.ts';
import { TRIED } from '../status/trials.ts';
import { type CoverageFinding, type CoverageReason, coverageFinding } from './findings.ts';
import { isOptedOut } from './judged.ts';
import { judgeRules } from './rules.ts';
import { type OutsideView, outsideFacts } from './view.ts';

type Report = (reason: CoverageReason, message: string, remedy: string) => CoverageFinding;

export function judgeBinding(binding: StoredBinding, view: OutsideView): readonly CoverageFinding[] {
  const { namespace, name } = binding.metadata;
  const facts = outsideFacts(`${namespace}/${name}`, view);
  // What a Trial beside another binding says answers nobody, and its pods are the other's.
  if (facts === undefined || (facts.mode === 'Trial' && isDecidedBeside(facts, view))) return [];
  const report: Report = (reason, message, remedy) =>
    coverageFinding(reason, { kind: 'ApiBinding', namespace, name }, message, remedy);
  const ofTargets = [...podFindings(facts, report, view), ...wayFindings(facts, report)];
  return [
    ...ofTargets,
    ...(ofTargets.length > 0 ? [] : operatorsWord(binding, report)),
    ...(binding.kind === 'typed'
      ? [...modeFindings(facts, report), ...judgeRules(binding.object, report)]
      : []),
  ];
}

const names = (pods: readonly PodFacts[]): string =>
  few(
    pods.map(({ id }) => id),
    'Pod',
    'Pods',
  );
const verb = ({ length }: readonly PodFacts[]): string => (length === 1 ? 'has' : 'have');

const restart = (pods: readonly PodFacts[]): string => {
  const workloads = [...new Set(pods.flatMap(({ workload }) => workload ?? []))].sort();
  const [namespace] = (pods[0]?.id ?? '').split('/');
  return workloads.length === 0
    ? `make ${pods.length === 1 ? 'it' : 'them'} anew`
    : `run: kubectl -n ${namespace} rollout restart ${few(workloads)}`;
};

function podFindings(
  facts: BindingFacts,
  report: Report,
  { policies }: OutsideView,
): readonly CoverageFinding[] {
  const unguarded = unguardedPods(facts);
  const optedOut = unguarded.filter(({ id }) => {
    const pod = policies.store.get('Pod', id);
    return pod !== undefined && isOptedOut(pod);
  });
  const rest = unguarded.filter((pod) => !optedOut.includes(pod));
  const barred = rest.filter(({ validator, refusal }) => !validator && refusal !== undefined);
  const bare = rest.filter(({ validator, refusal }) => !validator && refusal === undefined);
  const forged = rest.filter(({ validator, forged: by }) => validator && by !== undefined);
  const uncaptured = rest.filter((pod) => pod.validator && pod.forged === undefined);
  const found: CoverageFinding[] = [];
  if (optedOut.length > 0) {
    const remedy = 'take the label away and restart, or target no longer what has it';
    found.push(
      report(
        'PodOptedOut',
        `${names(optedOut)} ${verb(optedOut)} the label portcullis.dev/inject: "false", and no validator`,
        remedy,
      ),
    );
  }
  for (const pod of barred) {
    const remedy = 'change what keeps it from being guarded, or target it no longer';
    found.push(report('PodWithoutValidator', `Pod ${pod.id} has no validator: ${pod.refusal}`, remedy));
  }
  if (bare.length > 0 && !facts.injectionEnabled) {
    const [namespace] = facts.id.split('/');
    found.push(
      report(
        'InjectionDisabled',
        `${names(bare)} ${verb(bare)} no validator, because injection is not enabled in the namespace`,
        `run: kubectl label --overwrite namespace ${namespace} portcullis.dev/injection=enabled; then ${restart(bare)}`,
      ),
    );
  } else if (bare.length > 0) {
    found.push(report('PodWithoutValidator', `${names(bare)} ${verb(bare)} no validator`, restart(bare)));
  }
  for (const pod of forged) {
    const remedy = 'take that out of its template, or have the webhook that adds it leave out the sidecars';
    found.push(
      report(
        'PodWithoutValidator',
        `Pod ${pod.id} has a validator, but not as injection makes it: ${pod.forged}`,
        remedy,
      ),
    );
  }
  if (uncaptured.length > 0) {
    const ports = [...new Set(uncaptured.flatMap((pod) => pod.uncaptured))].sort((a, b) => a - b);
    const message = `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')} of ${names(uncaptured)} ${ports.length === 1 ? 'is' : 'are'} open: the sidecars are older than that`;
    found.push(report('PortUncaptured', message, restart(uncaptured)));
  }
  return found;
}

function wayFindings(facts: BindingFacts, report: Report): readonly CoverageFinding[] {
  const left = new Set(unguardedPods(facts));
  const running = facts.pods.filter((pod) => pod.started && !left.has(pod));
  const unasked = running.filter(lacksEnvoy);
  const bypassed = running.filter((pod) => !lacksEnvoy(pod) && isBypassable(pod));
  const isJudgedAtPods = facts.pods.length > 0 && facts.pods.every(({ validator }) => validator);
  const uncovered = isJudgedAtPods ? [] : facts.uncovered;
  return [
    ...facts.openSections.map((section) =>
      report(
        'SectionUnguarded',
        `no validators are asked about ${section}`,
        'have the gateway ask validators of its own (portcullis envoy-config), or target the whole route',
      ),
    ),
    ...uncovered.map(({ place, why, remedy }) =>
      report('FilterMissing', `requests can go around the check: ${place}: ${why}`, remedy),
    ),
    ...(unasked.length === 0
      ? []
      : [
          report(
            'BypassPossible',
            `${names(unasked)} ${verb(unasked)} capture None, and no Envoy that could ask the validator`,
            'use capture Redirect, run an Envoy that asks, or, if a gateway asks, let a NetworkPolicy admit that alone',
          ),
        ]),
    ...(bypassed.length === 0
      ? []
      : [
          report(
            'BypassPossible',
            `${names(bypassed)} can be reached past the validator`,
            'add a NetworkPolicy that closes the bare ports, or use capture Redirect',
          ),
        ]),
    ...facts.foreign.map((backend) =>
      report(
        'ForeignBackend',
        `requests go to what it does not guard: ${backend}`,
        'guard it by a binding in its own namespace and take it out of the route, or have each gateway of the route ask validators',
      ),
    ),
  ];
}

/** Reasons of Guarded that open no door. */
const HARMLESS: readonly string[] = ['PodsRefused', TRIED];

/** What it alone can know: what validators report, or what its settings say of a sidecar. */
function operatorsWord({ metadata, status }: StoredBinding, report: Report): readonly CoverageFinding[] {
  if (status?.observedGeneration !== metadata.generation) return [];
  const guarded = status.conditions?.find(({ type }) => type === 'Guarded');
  if (guarded?.status !== 'False' || HARMLESS.includes(guarded.reason)) return [];
  return [
    report('NotGuarded', `the operator says ${guarded.reason}: ${guarded.message}`, 'do what that says'),
  ];
}

/** By mode, of those that let through what would be refused. */
const LAX: Readonly<Record<Exclude<BindingFacts['mode'], 'Enforce'>, readonly [CoverageReason, string]>> = {
  Audit: ['ModeAudit', 'has mode Audit: what it would refuse is counted, and let through'],
  Trial: ['ModeTrial', 'has mode Trial, and no other binding decides there: nothing is refused'],
  Disabled: ['ModeDisabled', 'has mode Disabled: every request is let through'],
};

function modeFindings({ mode }: BindingFacts, report: Report): readonly CoverageFinding[] {
  if (mode === 'Enforce') return [];
  const [reason, message] = LAX[mode];
  return [report(reason, message, 'set mode Enforce once nothing is refused that should pass')];
}

/** Bindings that are not on trial guard each of its pods, or one of its targets where there are none. */
function isDecidedBeside(
  { pods, standsAlone }: BindingFacts,
  { policies: { targets } }: OutsideView,
): boolean {
  if (pods.length === 0) return !standsAlone;
  return pods.every(({ id }) => targets.guards(id).some(({ isTrial }) => isTrial !== true));
}

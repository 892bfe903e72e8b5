/** One binding: how it stands, its rules in order with what they did, who is refused and why, and Trials beside it. */

import type { BindingPolicy, Judgement } from '../../policy/policy.ts';
import { bodiesText, loginText } from '../answers-text.ts';
import { type BindingTold, type ClusterTold, type ConditionTold, standingTold } from '../cluster-told.ts';
import { countText, toldReport } from '../figures.ts';
import {
  bindingStanding,
  type PolicyInForce,
  type StateWord,
  shownBindings,
  trialsBeside,
} from '../policy-in-force.ts';
import { audiencesText, mcpServerText, metadataText, tokenText } from '../resource-text.ts';
import { Conditions } from './conditions.tsx';
import type { ConsoleData } from './data.ts';
import { Fact } from './facts.tsx';
import { Missing, Problem, Said, SaidOr, ViewLink, WholeTime } from './parts.tsx';
import { usePolled } from './polled.ts';
import { Refused, reportOfBinding, TrialsBeside } from './refused.tsx';
import { Rules } from './rules.tsx';
import { State } from './state.tsx';

interface BindingProps {
  readonly data: ConsoleData;
  /** namespace/name */
  readonly name: string;
  readonly since: string;
}

export function BindingView({ data, name, since }: BindingProps) {
  const cluster = usePolled(() => data.cluster(), 'cluster');
  const policy = usePolled(() => data.policy(), 'policy');
  const report = usePolled(() => data.report(since), since);
  const binding =
    cluster.value === null ? policy.value && inForce(name, policy.value) : asTold(name, cluster.value);
  const isKnown = cluster.value === null ? policy.value !== undefined : cluster.value !== undefined;
  const told = toldReport(report.value);
  const counted = reportOfBinding(told, name);
  return (
    <>
      <p class="kind">Binding</p>
      <h1>
        <Said text={name} />
      </h1>
      <Problem text={cluster.problem ?? policy.problem ?? report.problem} />
      <Missing texts={[...cluster.missing, ...report.missing]} />
      {isKnown && binding === undefined && (
        <p>
          {cluster.value === null
            ? 'The policy in force has no binding of this name.'
            : 'There is no ApiBinding of this name here, or you may not read it.'}
        </p>
      )}
      {binding !== undefined && (
        <>
          <About binding={binding} />
          {binding.judgement !== undefined && (
            <Rules judgement={binding.judgement} counts={told && (counted?.counts ?? [])} />
          )}
        </>
      )}
      {told !== undefined && <Refused counted={counted} />}
      {told === undefined && report.value !== undefined && (
        <p>No validator has told what became of requests.</p>
      )}
      {binding !== undefined && binding.mode !== 'Trial' && (
        <TrialsBeside trials={binding.trials} report={told} />
      )}
      {binding !== undefined && <Conditions conditions={binding.conditions} />}
    </>
  );
}

interface BindingAbout {
  readonly mode: string;
  readonly standing: StateWord;
  readonly targets: readonly string[];
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  readonly sources: readonly string[];
  readonly validators: string | null;
  readonly trial: BindingTold['trial'];
  readonly judgement: Judgement | undefined;
  readonly forward: BindingPolicy['forward'] | undefined;
  readonly trials: readonly string[];
  readonly conditions: readonly ConditionTold[];
}

/** As a validator has it. */
function inForce(name: string, policy: PolicyInForce): BindingAbout | undefined {
  const shown = shownBindings(policy).find((one) => one.policy.id === name);
  if (shown === undefined) return undefined;
  const { hosts, ports, judgement, forward } = shown.policy;
  return {
    mode: shown.mode,
    standing: bindingStanding(shown, policy.sources),
    ...{ targets: [], hosts, ports, validators: null, trial: null, conditions: [] },
    ...{ judgement, forward },
    sources: judgement.kind === 'rules' ? judgement.sources : [],
    trials: trialsBeside(shown.policy, policy).map(({ id }) => id),
  };
}

/** As the cluster has it. */
function asTold(name: string, cluster: ClusterTold | undefined): BindingAbout | undefined {
  const told = cluster?.bindings.find(({ id }) => id === name);
  return (
    told && {
      ...told,
      standing: standingTold(told),
      hosts: told.policy?.hosts ?? [],
      judgement: told.policy?.judgement,
      forward: told.policy?.forward,
    }
  );
}

function About({ binding }: { readonly binding: BindingAbout }) {
  const { mode, standing, targets, hosts, ports, sources, validators, trial, judgement, forward } = binding;
  return (
    <dl class="facts">
      <dt>Mode</dt>
      <dd>{mode}</dd>
      <dt>State</dt>
      <dd>
        <State standing={standing} />
      </dd>
      {trial !== null && (
        <>
          <dt>Would deny</dt>
          <dd>
            {countText(trial.wouldDeny)} since <WholeTime time={trial.since} />
          </dd>
        </>
      )}
      <Fact name="Validators" text={validators === null ? null : `${validators} hold it as it is now`} />
      <Fact name="Targets" text={targets.join(', ')} />
      <dt>Hosts</dt>
      <dd>
        <SaidOr text={hosts.join(', ')} none="any" />
      </dd>
      <dt>Ports</dt>
      <dd>{ports.length > 0 ? ports.join(', ') : targets.length === 0 ? 'any' : '–'}</dd>
      {sources.length > 0 && (
        <>
          <dt>Sources</dt>
          <dd>
            {sources.map((source) => (
              <span key={source} class="item">
                <ViewLink to={{ view: 'source', name: source }}>
                  <Said text={source} />
                </ViewLink>
              </span>
            ))}
          </dd>
        </>
      )}
      {judgement?.kind === 'rules' && (
        <>
          <Fact name="Audiences" text={audiencesText(judgement)} />
          <Fact name="Metadata" text={metadataText(judgement)} />
          <Fact name="MCP" text={mcpServerText(judgement)} />
          <Fact name="Token" text={forward && tokenText(forward)} />
          <Fact name="Login page" text={loginText(judgement.answers)} />
          <Fact name="Own bodies" text={bodiesText(judgement.answers)} />
        </>
      )}
    </dl>
  );
}

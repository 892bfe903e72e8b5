/** What is known of a refusal, or of another decision, as a list of facts. */

import type { RequestOutcome } from '../../report/outcome.ts';
import { OUTCOME_WORDS, Said } from './parts.tsx';

/** Nothing where there is no such thing. */
export function Fact({ name, text }: { readonly name: string; readonly text: string | null | undefined }) {
  if (text === null || text === undefined || text === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Said text={text} longest={600} />
      </dd>
    </>
  );
}

type Known = string | null;

interface DecisionFacts {
  readonly request?: string;
  readonly outcome: RequestOutcome;
  readonly detail: Known;
  readonly tokenSays: Known;
  readonly expected: Known;
  readonly remedy: Known;
  readonly binding?: Known;
  readonly rule: Known;
  readonly source: Known;
  readonly user?: Known;
  readonly client?: Known;
  readonly network?: Known;
  readonly requestId: Known;
  readonly took?: string;
}

/** Of a live decision, or of a row of a report, which says less. */
export function FactList({ of }: { readonly of: DecisionFacts }) {
  return (
    <dl class="facts">
      <Fact name="Request" text={of.request} />
      <Fact name="Outcome" text={OUTCOME_WORDS[of.outcome]} />
      <Fact name="Detail" text={of.detail} />
      <Fact name="Token says" text={of.tokenSays} />
      <Fact name="Expected" text={of.expected} />
      <Fact name="What to do" text={of.remedy} />
      <Fact name="Binding" text={of.binding} />
      <Fact name="Rule" text={of.rule} />
      <Fact name="Source" text={of.source} />
      <Fact name="User" text={of.user} />
      <Fact name="Client" text={of.client} />
      <Fact name="Network" text={of.network} />
      <Fact name="Request id" text={of.requestId} />
      <Fact name="Took" text={of.took} />
    </dl>
  );
}

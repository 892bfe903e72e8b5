/** All that the views ask. One validator, or a whole cluster, answers. */

import type { KeyFacts } from '../../report/key-facts.ts';
import type { Report } from '../../report/report.ts';
import type { ClusterTold } from '../cluster-told.ts';
import type { ToldExplanation } from '../explanation-told.ts';
import type { HeaderValues } from '../header-lines.ts';
import type { PolicyInForce } from '../policy-in-force.ts';

/** What became of a question. */
export type Answered<T> =
  | {
      readonly kind: 'told';
      /** The same object as before, as long as it says the same. */
      readonly value: T;
      /** A sentence for each thing that is missing in it, because it could not be read or asked. */
      readonly missing?: readonly string[];
    }
  /** A sentence for people. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Nothing of it is kept but in the page that asks. */
export interface ExplainQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderValues;
  readonly token?: string;
  /** In a cluster: namespace/name, one of whose validators is asked. */
  readonly binding?: string;
}

export interface DecisionListener {
  /** The event's name, and its data as they came: to read all of many thousands would take too long. */
  onEvent(name: 'decision' | 'left-out', data: string): void;
  /** Validators that are not followed: a sentence for each, in place of those before. */
  onMissing(sentences: readonly string[]): void;
  onState(state: 'listening' | 'interrupted' | 'refused'): void;
}

export type DecisionFilter = Readonly<Partial<Record<'binding' | 'outcome' | 'reason' | 'user', string>>>;

export interface ConsoleData {
  /** @param since `1h` or `24h`. */
  report(since: string): Promise<Answered<Report>>;
  policy(): Promise<Answered<PolicyInForce>>;
  /** Undefined = ready; else why not. */
  health(): Promise<Answered<string | undefined>>;
  keys(): Promise<Answered<KeyFacts>>;
  /** Null where one validator answers. */
  cluster(): Promise<Answered<ClusterTold | null>>;
  explain(question: ExplainQuestion): Promise<Answered<ToldExplanation>>;
  /** Returns the function that ends it. */
  decisions(filter: DecisionFilter, listener: DecisionListener): () => void;
}

/** All that the console asks, and of whom: the admin address that serves it. Another server can feed the same views. */

import { Misshapen } from '../../policy/shape.ts';
import { type KeyFacts, readKeyFacts } from '../../report/key-facts.ts';
import { type Report, readReport } from '../../report/report.ts';
import { readExplanation, type ToldExplanation } from '../explanation-told.ts';
import { type PolicyInForce, readPolicyInForce } from '../policy-in-force.ts';

/** What became of a question. */
export type Answered<T> =
  | { readonly kind: 'told'; readonly value: T }
  /** A sentence for people. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface ReportWanted {
  readonly since: string;
  /** namespace/name; undefined = all. */
  readonly binding?: string;
}

/** Nothing of it is kept but in the page that asks. */
export interface ExplainQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token?: string;
}

export interface DecisionListener {
  /** The event's name, and its data as they came: to read all of many thousands would take too long. */
  onEvent(name: 'decision' | 'left-out', data: string): void;
  onState(state: 'listening' | 'interrupted' | 'refused'): void;
}

export type DecisionFilter = Readonly<Partial<Record<'binding' | 'outcome' | 'reason' | 'user', string>>>;

export interface ConsoleData {
  report(wanted: ReportWanted): Promise<Answered<Report>>;
  policy(): Promise<Answered<PolicyInForce>>;
  /** Undefined = ready; else why not. */
  health(): Promise<Answered<string | undefined>>;
  keys(): Promise<Answered<KeyFacts>>;
  explain(question: ExplainQuestion): Promise<Answered<ToldExplanation>>;
  /** Returns the function that ends it. */
  decisions(filter: DecisionFilter, listener: DecisionListener): () => void;
}

export const validatorData: ConsoleData = {
  report: ({ since, binding }) =>
    askJson(
      `/report?${new URLSearchParams({ since, ...(binding !== undefined && { binding }) })}`,
      (value) => {
        const read = readReport(value);
        if (read.kind === 'refused') throw new Misshapen(read.problem);
        return read.report;
      },
    ),
  policy: () => askJson('/policy', readPolicyInForce),
  async health() {
    const asked = await ask('/readyz', {}, [200, 503]);
    return asked.kind === 'failed'
      ? asked
      : { kind: 'told', value: asked.value.status === 200 ? undefined : asked.value.text.trim() };
  },
  keys: () => askJson('/keys', readKeyFacts),
  explain: (question) =>
    askJson('/explain', readExplanation, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
    }),
  decisions(filter, { onEvent, onState }) {
    const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
    const events = new EventSource(`/decisions?${query}`);
    events.addEventListener('open', () => onState('listening'));
    events.addEventListener('error', () =>
      // The browser asks again by itself, unless it was told that it may not listen.
      onState(events.readyState === EventSource.CLOSED ? 'refused' : 'interrupted'),
    );
    for (const name of ['decision', 'left-out'] as const) {
      events.addEventListener(name, ({ data }) => onEvent(name, String(data)));
    }
    return () => events.close();
  },
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Milliseconds. */
const PATIENCE = 20_000;

async function ask(
  path: string,
  init: RequestInit = {},
  expected: readonly number[] = [200],
): Promise<Answered<Answer>> {
  try {
    const response = await fetch(path, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    return expected.includes(response.status)
      ? { kind: 'told', value: { status: response.status, text } }
      : { kind: 'failed', problem: `${path.split('?', 1)[0]} answered ${response.status}: ${text.trim()}` };
  } catch {
    return { kind: 'failed', problem: 'The validator does not answer. Does it still run?' };
  }
}

async function askJson<T>(
  path: string,
  read: (value: unknown) => T,
  init?: RequestInit,
): Promise<Answered<T>> {
  const asked = await ask(path, init);
  if (asked.kind === 'failed') return asked;
  try {
    return { kind: 'told', value: read(JSON.parse(asked.value.text)) };
  } catch (error) {
    if (!(error instanceof Misshapen) && !(error instanceof SyntaxError)) throw error;
    const page = path.split('?', 1)[0];
    return {
      kind: 'failed',
      problem: `The answer of ${page} cannot be read: is the validator of another version?`,
    };
  }
}

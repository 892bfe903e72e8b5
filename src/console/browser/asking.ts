/** Asks the server that the page came from, and nobody else. */

import { isObject, Misshapen } from '../../policy/shape.ts';
import { readKeyFacts } from '../../report/key-facts.ts';
import { readReport } from '../../report/report.ts';
import type { Answered, ConsoleData, DecisionFilter, DecisionListener } from './data.ts';

/** Milliseconds: a cluster's console waits for its validators. */
const PATIENCE = 40_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly tag: string | undefined;
}

/** @param who of whom people are told that they do not answer. */
export function createAsking(who: string) {
  /** By path, what was told last, and its tag: what is still the same is neither sent nor read again. */
  const known = new Map<string, { readonly tag: string; readonly told: Answered<unknown> }>();

  const ask = async (
    path: string,
    expected: readonly number[],
    init: RequestInit = {},
  ): Promise<Answered<Answer>> => {
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
      const { status, headers } = response;
      return expected.includes(status)
        ? { kind: 'told', value: { status, text, tag: headers.get('etag') ?? undefined } }
        : { kind: 'failed', problem: `${pageOf(path)} answered ${status}: ${text.trim()}` };
    } catch {
      return { kind: 'failed', problem: `${who} does not answer. Does it still run?` };
    }
  };

  const read = <T>(path: string, text: string, shape: (value: unknown) => T): Answered<T> => {
    try {
      const value: unknown = JSON.parse(text);
      const missing = isObject(value) && Array.isArray(value.missing) ? value.missing : [];
      return {
        kind: 'told',
        value: shape(value),
        missing: missing.filter((one) => typeof one === 'string'),
      };
    } catch (error) {
      if (!(error instanceof Misshapen) && !(error instanceof SyntaxError)) throw error;
      return {
        kind: 'failed',
        problem: `The answer of ${pageOf(path)} cannot be read: is the server of another version?`,
      };
    }
  };

  return {
    ask,
    /** Its answer is read by `shape`, which is the same for one path. */
    async get<T>(path: string, shape: (value: unknown) => T): Promise<Answered<T>> {
      const before = known.get(path);
      const headers = before === undefined ? {} : { 'if-none-match': before.tag };
      const asked = await ask(path, [200, 304], { headers });
      if (asked.kind === 'failed') return asked;
      const { status, text, tag } = asked.value;
      // What was read of this path was read by this shape.
      if (status === 304 && before !== undefined) return before.told as Answered<T>;
      const told = read(path, text, shape);
      if (tag === undefined || told.kind === 'failed') known.delete(path);
      else known.set(path, { tag, told });
      return told;
    },
    async post<T>(path: string, body: object, shape: (value: unknown) => T): Promise<Answered<T>> {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      const asked = await ask(path, [200], init);
      return asked.kind === 'failed' ? asked : read(path, asked.value.text, shape);
    },
  };
}

const pageOf = (path: string): string => path.split('?', 1)[0] ?? path;

type Asking = ReturnType<typeof createAsking>;

/** What validators and clusters tell at the same paths. */
export const sharedData = ({ get }: Asking): Pick<ConsoleData, 'report' | 'keys' | 'decisions'> => ({
  report: (since) =>
    get(`/report?${new URLSearchParams({ since })}`, (value) => {
      const read = readReport(value);
      if (read.kind === 'refused') throw new Misshapen(read.problem);
      return read.report;
    }),
  keys: () => get('/keys', readKeyFacts),
  decisions: followDecisions,
});

function followDecisions(
  filter: DecisionFilter,
  { onEvent, onMissing, onState }: DecisionListener,
): () => void {
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
  events.addEventListener('missing', ({ data }) => {
    const sentences: unknown = JSON.parse(String(data));
    if (Array.isArray(sentences)) onMissing(sentences.filter((one) => typeof one === 'string'));
  });
  return () => events.close();
}

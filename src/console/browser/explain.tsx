/** Explain: what becomes of a request, and every step to it. The token stays in this page, and is gone with it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { oneLine } from '../../base/text.ts';
import { decidingStep } from '../../report/deciding-step.ts';
import type { ToldExplanation } from '../explanation-told.ts';
import { readHeaderLines } from '../header-lines.ts';
import type { ConsoleData } from './data.ts';
import { Fact } from './facts.tsx';
import { Badge, Problem, Said, SaidOr, toneOf, ViewLink } from './parts.tsx';
import { usePolled } from './polled.ts';

/** What another view knows of the request already. */
export interface ExplainDraft {
  readonly method: string;
  readonly url: string;
  readonly binding?: string;
  /** A line each. */
  readonly headers?: string;
}

interface ExplainProps {
  readonly data: ConsoleData;
  readonly draft: ExplainDraft | undefined;
}

export function ExplainView({ data, draft }: ExplainProps) {
  const cluster = usePolled(() => data.cluster(), 'cluster');
  const [binding, setBinding] = useState(draft?.binding ?? '');
  const [method, setMethod] = useState(draft?.method ?? 'GET');
  const [url, setUrl] = useState(draft?.url ?? '');
  const [headers, setHeaders] = useState(draft?.headers ?? '');
  const [token, setToken] = useState('');
  const [asking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<ToldExplanation>();
  const [problem, setProblem] = useState<string>();

  const ask = async (): Promise<void> => {
    const typed = readHeaderLines(headers);
    setAnswer(undefined);
    if (typed.kind === 'refused') {
      setProblem(typed.problem);
      return;
    }
    setProblem(undefined);
    setAsking(true);
    const told = await data.explain({
      method: method.trim(),
      url: url.trim(),
      headers: typed.headers,
      ...(binding !== '' && { binding }),
      ...(token.trim() !== '' && { token: withoutScheme(token) }),
    });
    setAsking(false);
    if (told.kind === 'failed') setProblem(told.problem);
    else setAnswer(told.value);
  };

  return (
    <>
      <h1>Explain</h1>
      <p>What becomes of a request, by the policy in force. Nothing of it is kept or logged.</p>
      <form
        class="explain"
        aria-label="The request"
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        {cluster.value && (
          <label>
            Binding, one of whose validators is asked
            <select value={binding} required onChange={setFrom(setBinding)}>
              <option value="">choose one</option>
              {cluster.value.bindings.map(({ id }) => (
                <option key={id} value={id}>
                  {oneLine(id)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="method">
          Method
          <input value={method} required spellcheck={false} autoComplete="off" onInput={setFrom(setMethod)} />
        </label>
        <label class="url">
          URL
          <input
            value={url}
            required
            spellcheck={false}
            autoComplete="off"
            placeholder="https://orders.example/orders/7"
            onInput={setFrom(setUrl)}
          />
        </label>
        <label>
          Headers, one a line
          <textarea
            value={headers}
            rows={3}
            spellcheck={false}
            autoComplete="off"
            placeholder="x-tenant: a"
            onInput={setFrom(setHeaders)}
          />
        </label>
        <label>
          Token
          <textarea
            value={token}
            rows={3}
            spellcheck={false}
            autoComplete="off"
            placeholder="eyJ…"
            onInput={setFrom(setToken)}
          />
        </label>
        <div class="bar">
          <button type="submit" class="main" disabled={asking}>
            Explain
          </button>
          <button type="button" onClick={() => setToken('')} disabled={token === ''}>
            Forget the token
          </button>
        </div>
      </form>
      <Problem text={problem ?? cluster.problem} />
      {answer !== undefined && <Answer answer={answer} />}
    </>
  );
}

const setFrom =
  (set: (value: string) => void) =>
  ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
    set(currentTarget.value);

/** As people copy it from a header. */
const withoutScheme = (token: string): string => token.trim().replace(/^bearer\s+/i, '');

function Answer({ answer }: { readonly answer: ToldExplanation }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [answer]);
  const deciding = decidingStep(answer);
  return (
    <section aria-labelledby="answer">
      <h2 id="answer" ref={title} tabIndex={-1}>
        {answer.status} <Badge tone={toneOf(answer.outcome)} text={answer.outcome} />{' '}
        <Said text={answer.reason} />
      </h2>
      {answer.detail !== null && (
        <p>
          <Said text={answer.detail} longest={600} />
        </p>
      )}
      <dl class="facts">
        <dt>Binding</dt>
        <dd>
          {answer.binding === null ? (
            <SaidOr text={null} />
          ) : (
            <ViewLink to={{ view: 'binding', name: answer.binding }}>
              <Said text={answer.binding} />
            </ViewLink>
          )}
        </dd>
        <dt>Rule</dt>
        <dd>
          <SaidOr text={answer.rule} />
        </dd>
        <dt>Source</dt>
        <dd>
          <SaidOr text={answer.source} />
        </dd>
        <dt>User</dt>
        <dd>
          <SaidOr text={answer.user} />
        </dd>
        <Fact name="Asked" text={answer.validator === undefined ? null : `validator ${answer.validator}`} />
      </dl>
      <h3>Steps</h3>
      <ol class="steps">
        {answer.steps.map(({ step, finding }, i) => (
          <li
            key={i}
            class={i === deciding ? 'deciding' : undefined}
            aria-current={i === deciding ? 'step' : undefined}
          >
            <span class="step">{step}</span>
            <span class="finding">
              <Said text={finding} longest={2000} />
              {i === deciding && <strong> This step decided.</strong>}
            </span>
          </li>
        ))}
      </ol>
      <Sent
        title="What the caller gets"
        headers={answer.headers}
        more={answer.body === undefined ? [] : [answer.body]}
      />
      <Sent title="What the API is given" headers={answer.set} more={[]} />
    </section>
  );
}

interface SentProps {
  readonly title: string;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly more: readonly string[];
}

function Sent({ title, headers, more }: SentProps) {
  const lines = [...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`), ...more];
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain code">
        {lines.map((line) => (
          <li key={line}>
            <Said text={line} longest={2000} />
          </li>
        ))}
      </ul>
    </>
  );
}

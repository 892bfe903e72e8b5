/** Decisions as they are made; a click on one tells why. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { whatIsAsked } from '../../report/asked.ts';
import type { DecisionEvent } from '../../report/decision-event.ts';
import { countText } from '../figures.ts';
import { createLiveRows, type LiveRow, MOST_ROWS } from '../live-rows.ts';
import { mcpHeaderLines } from '../mcp-headers.ts';
import type { ConsoleData, DecisionFilter } from './data.ts';
import type { ExplainDraft } from './explain.tsx';
import { FactList } from './facts.tsx';
import { LiveFilters } from './live-filters.tsx';
import {
  Badge,
  Cell,
  Missing,
  OUTCOME_WORDS,
  Problem,
  Said,
  SaidOr,
  Table,
  TimeOfDay,
  toneOf,
} from './parts.tsx';

type LiveState = 'connecting' | 'listening' | 'interrupted' | 'refused' | 'paused';

interface Shown {
  readonly rows: readonly LiveRow[];
  readonly seen: number;
  readonly leftOut: number;
}

const NOTHING: Shown = { rows: [], seen: 0, leftOut: 0 };

interface LiveProps {
  readonly data: ConsoleData;
  readonly onExplain: (draft: ExplainDraft) => void;
}

export function LiveView({ data, onExplain }: LiveProps) {
  const [filter, setFilter] = useState<DecisionFilter>({});
  const [paused, setPaused] = useState(false);
  const { shown, state, missing, hold } = useDecisions(data, filter, paused);
  const [chosen, setChosen] = useState<LiveRow>();
  return (
    <>
      <h1>Live</h1>
      <LiveFilters data={data} filter={filter} onFilter={setFilter} />
      <div class="bar">
        <button type="button" onClick={() => setPaused(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
        <span role="status">{STATES[state]}</span>
        <span class="counts">
          {countText(shown.seen)} came
          {shown.seen > MOST_ROWS && `, the latest ${MOST_ROWS} are shown`}
          {shown.leftOut > 0 && `, ${countText(shown.leftOut)} more were left out, for they were too many`}
        </span>
      </div>
      <Problem text={state === 'refused' ? REFUSED : undefined} />
      <Missing texts={missing} />
      {chosen !== undefined && (
        <Chosen row={chosen} onClose={() => setChosen(undefined)} onExplain={onExplain} />
      )}
      <div
        onPointerEnter={() => hold(true)}
        onPointerLeave={() => hold(false)}
        onFocusIn={() => hold(true)}
        onFocusOut={() => hold(false)}
      >
        <Table
          label="Decisions, the latest first"
          heads={['Time', 'Decision', 'Request', 'Binding', 'Caller']}
        >
          {shown.rows.map((row) => (
            <Row key={row.number} row={row} isChosen={row.number === chosen?.number} onChoose={setChosen} />
          ))}
        </Table>
      </div>
      {shown.rows.length === 0 && <p>No decision has come yet.</p>}
    </>
  );
}

const STATES: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting …',
  listening: 'Listening',
  interrupted: 'The stream was interrupted: asking again …',
  refused: 'Not listening',
  paused: 'Paused',
};

const REFUSED =
  'No more listeners are taken, or the filter is refused: end another one, then pause here and go on.';

/** Milliseconds: nobody reads faster. */
const REDRAW = 200;

function useDecisions(data: ConsoleData, filter: DecisionFilter, paused: boolean) {
  const [shown, setShown] = useState(NOTHING);
  const [state, setState] = useState<LiveState>('connecting');
  const [missing, setMissing] = useState<readonly string[]>([]);
  const kept = useRef(createLiveRows());
  /** A row must not move away from who is about to choose it. */
  const held = useRef(false);
  const show = (): void => {
    const { seen, leftOut } = kept.current;
    const rows = held.current ? undefined : kept.current.rows();
    setShown((before) => ({ rows: rows ?? before.rows, seen, leftOut }));
  };
  useEffect(() => {
    kept.current = createLiveRows();
    setShown(NOTHING);
  }, [filter]);
  useEffect(() => {
    if (paused) {
      setState('paused');
      return;
    }
    const rows = kept.current;
    let timer: number | undefined;
    const draw = (): void => {
      timer = undefined;
      show();
    };
    setState('connecting');
    setMissing([]);
    const stop = data.decisions(filter, {
      onEvent(name, text) {
        if (name === 'decision') rows.add(text);
        else rows.missed(text);
        // However many come in that time, they are drawn once.
        timer ??= setTimeout(() => requestAnimationFrame(draw), REDRAW);
      },
      onMissing: setMissing,
      onState: setState,
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [data, filter, paused]);
  const hold = (is: boolean): void => {
    held.current = is;
    show();
  };
  return { shown, state, missing, hold };
}

interface RowProps {
  readonly row: LiveRow;
  readonly isChosen: boolean;
  readonly onChoose: (row: LiveRow) => void;
}

function Row({ row, isChosen, onChoose }: RowProps) {
  const { decision } = row;
  return (
    <tr class={isChosen ? 'chosen' : undefined}>
      <Cell of="Time">
        <TimeOfDay time={decision.time} />
      </Cell>
      <Cell of="Decision">
        <Badge tone={toneOf(decision.outcome)} text={decision.reason} />
        {decision.outcome !== 'allowed' && decision.outcome !== 'denied' && (
          <small>{OUTCOME_WORDS[decision.outcome]}</small>
        )}
      </Cell>
      <Cell of="Request" look="code">
        <button type="button" class="link" onClick={() => onChoose(row)}>
          <Said text={whatIsAsked(decision)} longest={140} />
        </button>
      </Cell>
      <Cell of="Binding">
        <SaidOr text={decision.binding} />
      </Cell>
      <Cell of="Caller">
        <SaidOr text={callerOfEvent(decision)} />
      </Cell>
    </tr>
  );
}

const callerOfEvent = ({ user, client, network }: DecisionEvent): string =>
  [user, client ?? network].filter((part) => part !== null).join(' · ');

interface ChosenProps {
  readonly row: LiveRow;
  readonly onClose: () => void;
  readonly onExplain: (draft: ExplainDraft) => void;
}

function Chosen({ row: { number, decision }, onClose, onExplain }: ChosenProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [number]);
  const { method, host, path, milliseconds } = decision;
  const headers = mcpHeaderLines(decision);
  return (
    <section class="card" aria-labelledby="chosen">
      <h2 id="chosen" ref={title} tabIndex={-1}>
        Why: <Badge tone={toneOf(decision.outcome)} text={decision.reason} />
      </h2>
      <FactList of={{ ...decision, request: whatIsAsked(decision), took: `${milliseconds} ms` }} />
      <div class="bar">
        <button
          type="button"
          onClick={() =>
            onExplain({
              method,
              url: `https://${host}${path}`,
              ...(decision.binding !== null && { binding: decision.binding }),
              ...(headers !== '' && { headers }),
            })
          }
        >
          Every step, in Explain
        </button>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </section>
  );
}

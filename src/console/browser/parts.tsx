/** Parts that every view is made of. Whatever comes from a caller is shown as text, and on one line. */

import type { ComponentChildren } from 'preact';
import { oneLine, shorten } from '../../base/text.ts';
import type { RequestOutcome } from '../../report/outcome.ts';
import { type ConsoleView, hashOf } from '../route.ts';

/** In characters: names of any length come from tokens and paths. */
const LONGEST = 160;

/** Text of unknown origin: marks that turn the direction of writing are taken out, and what is long is cut. */
export function Said({ text, longest = LONGEST }: { readonly text: string; readonly longest?: number }) {
  const line = oneLine(text);
  return (
    <bdi title={line.length > longest ? shorten(line, 10 * LONGEST) : undefined}>
      {shorten(line, longest)}
    </bdi>
  );
}

export function SaidOr({
  text,
  none = '–',
}: {
  readonly text: string | null | undefined;
  readonly none?: string;
}) {
  return text === null || text === undefined || text === '' ? (
    <span class="none">{none}</span>
  ) : (
    <Said text={text} />
  );
}

export function ViewLink({
  to,
  children,
}: {
  readonly to: ConsoleView;
  readonly children: ComponentChildren;
}) {
  return <a href={hashOf(to)}>{children}</a>;
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', warn: '!', plain: '' };

/** A word with its colour and a sign: the colour alone tells nothing to who cannot see it. */
export function Badge({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span class={`badge ${tone}`}>
      {SIGNS[tone] !== '' && <span aria-hidden="true">{SIGNS[tone]} </span>}
      <Said text={text} longest={40} />
    </span>
  );
}

/** How a request ended, in words. */
export const OUTCOME_WORDS: Readonly<Record<RequestOutcome, string>> = {
  allowed: 'allowed',
  audit_denied: 'passed, Enforce would refuse it',
  denied: 'refused',
  served: 'answered by the validator',
  same: 'Trial: the same',
  would_deny: 'Trial: would refuse',
  would_allow: 'Trial: would let in',
  other_reason: 'Trial: would answer so instead',
};

export function toneOf(outcome: RequestOutcome): Tone {
  switch (outcome) {
    case 'allowed':
    case 'served':
    case 'same':
      return 'good';
    case 'denied':
      return 'bad';
    default:
      return 'warn';
  }
}

/** A column's head; figures stand on the right. */
export type ColumnHead = string | { readonly figure: string };

/** Where there is little room each row is a card: what a cell holds is then said beside it. */
export function Table({
  label,
  heads,
  children,
}: {
  readonly label: string;
  readonly heads: readonly ColumnHead[];
  readonly children: ComponentChildren;
}) {
  return (
    <table>
      <caption class="unseen">{label}</caption>
      <thead>
        <tr>
          {heads.map((head) =>
            typeof head === 'string' ? (
              <th key={head} scope="col">
                {head}
              </th>
            ) : (
              <th key={head.figure} scope="col" class="number">
                {head.figure}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface CellProps {
  /** The column's head. */
  readonly of: string;
  readonly look?: 'number' | 'code';
  readonly span?: number;
  readonly children: ComponentChildren;
}

export function Cell({ of, look, span, children }: CellProps) {
  return (
    <td class={look} data-of={of} colSpan={span}>
      <div>{children}</div>
    </td>
  );
}

export function Figure({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}

export function Problem({ text }: { readonly text: string | undefined }) {
  return (
    <div role="alert">
      {text !== undefined && (
        <p class="problem">
          <Said text={text} longest={400} />
        </p>
      )}
    </div>
  );
}

/** What could not be read or asked: the rest is shown. */
export function Missing({ texts }: { readonly texts: readonly string[] }) {
  const each = [...new Set(texts)];
  if (each.length === 0) return null;
  return (
    <details class="missing">
      <summary>
        Not all of it is here: {each.length === 1 ? '1 thing' : `${each.length} things`} could not be read or
        asked
      </summary>
      <ul class="plain">
        {each.map((text) => (
          <li key={text}>
            <Said text={text} longest={600} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The time of day, with the whole of it at hand. */
export function TimeOfDay({ time }: { readonly time: string }) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return <SaidOr text={time} />;
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {date.toLocaleTimeString('en-GB')}
    </time>
  );
}

/** Day and time, in UTC. */
export function WholeTime({ time }: { readonly time: string }) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return <SaidOr text={time} />;
  const whole = date.toISOString();
  return <time dateTime={whole}>{`${whole.slice(0, 10)} ${whole.slice(11, 19)} UTC`}</time>;
}

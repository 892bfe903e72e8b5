/** What nothing guards, as text for people and as JSON for programs. */

import { shownJson } from '../../base/text.ts';
import type { Coverage } from '../../coverage/coverage.ts';
import type { CoverageFinding } from '../../coverage/findings.ts';
import { count, few } from '../../status/texts.ts';
import { harmless, type Paint } from './paint.ts';

/** By namespace: what is open, and what to do. */
export function renderCoverageText({ findings, seen, leftOut }: Coverage, paint: Paint): string {
  const namespaces = [...Map.groupBy(findings, ({ namespace }) => namespace)];
  const blocks = namespaces.map(([namespace, found]) => [
    paint.bold(harmless(`namespace ${namespace}`)),
    ...found.flatMap((finding) => findingLines(finding, paint)),
    '',
  ]);
  const open = findings.filter(({ severity }) => severity === 'open').length;
  const looked = `in ${count(seen.services, 'Service')}, ${count(seen.routes, 'route')}, ${count(seen.pods, 'pod')} and ${count(seen.bindings, 'binding')}`;
  const out = leftOut.length === 0 ? '' : ` (left out: ${few(leftOut)})`;
  return [...blocks.flat(), `${open} open, ${findings.length - open} noted ${looked}${out}`, ''].join('\n');
}

function findingLines(
  { severity, reason, object, message, remedy }: CoverageFinding,
  paint: Paint,
): readonly string[] {
  const mark = paint.mark(severity === 'open' ? 'bad' : 'doubtful');
  return [
    `  ${mark} ${paint.bold(harmless(object))}  ${paint.faint(reason)}`,
    `      ${harmless(message)}`,
    `      ${harmless(remedy)}`,
  ];
}

export function renderCoverageJson({ findings, seen, leftOut }: Coverage, unread: readonly string[]): string {
  const open = findings.filter(({ severity }) => severity === 'open').length;
  const told = { findings, totals: { open, noted: findings.length - open, ...seen }, leftOut, unread };
  return `${shownJson(told)}\n`;
}

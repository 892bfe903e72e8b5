/** Generates docs/reference/refusals.md: why a pod is not let in, and what to do. */

import { ADMISSION_REFUSALS, REFUSALS } from '../../src/injection/refusals.ts';

type Table = Readonly<Record<string, { readonly sentence: string; readonly remedy: string }>>;

/** A Markdown page with a table for each place that can refuse. */
export function refusalsPage(): string {
  return [
    '<!-- Generated from src/injection/refusals.ts by `npm run generate`. Do not edit. -->\n\n',
    '# Why a pod is not let in\n\n',
    'A pod that is to be guarded and cannot be is refused at its creation: it never starts open. The reason stands at the\n',
    'end of the message, in brackets. Whoever creates the pod gets it as the answer; a Deployment, StatefulSet, DaemonSet or\n',
    'Job has it in an Event `InjectionRefused` of what makes its pods (for a Deployment, its ReplicaSet):\n\n',
    '```sh\nkubectl -n shop get events --field-selector reason=InjectionRefused\n```\n\n',
    '## Of the pod\n\n`portcullis inject` says the same before anything is applied.\n\n',
    table(REFUSALS),
    '\n## Of the moment\n\nWhat only admission can see.\n\n',
    table(ADMISSION_REFUSALS),
  ].join('');
}

function table(refusals: Table): string {
  const rows = Object.entries(refusals).map(
    ([reason, { sentence, remedy }]) =>
      `| \`${reason}\` | ${asSentence(sentence)} | ${asSentence(remedy)} |\n`,
  );
  return `| Reason | Meaning | What to do |\n|---|---|---|\n${rows.join('')}`;
}

/** In messages they go on after a name, without a capital and a full stop. */
const asSentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

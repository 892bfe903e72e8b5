/** Generates docs/reference/status.md: every condition and reason, what it means, and what to do. */

import { BINDING_CONDITIONS, type ConditionText, SOURCE_CONDITIONS } from '../../src/status/reasons.ts';

/** A Markdown page with a table for each condition of each kind. */
export function statusPage(): string {
  return [
    '<!-- Generated from src/status/reasons.ts by `npm run generate`. Do not edit. -->\n\n',
    '# Conditions and reasons\n\n',
    '`kubectl get` shows the condition Ready and its reason; `kubectl describe` shows all of them, with messages that\n',
    'name the object, the cause and the next step. Conditions follow kstatus, so that\n',
    '`kubectl wait --for=condition=Ready`, Helm, Flux and Argo CD can wait for them.\n',
    kind('AuthenticationSource', SOURCE_CONDITIONS),
    kind('ApiBinding', BINDING_CONDITIONS),
  ].join('');
}

function kind(name: string, conditions: Readonly<Record<string, ConditionText>>): string {
  return `\n## ${name}\n${Object.entries(conditions).map(condition).join('')}`;
}

function condition([type, { meaning, reasons }]: readonly [string, ConditionText]): string {
  const rows = Object.entries(reasons).map(
    ([reason, text]) => `| \`${reason}\` | ${text.status} | ${text.meaning} | ${text.remedy} |\n`,
  );
  return `\n### ${type}\n\n${meaning}\n\n| Reason | Status | Meaning | What to do |\n|---|---|---|---|\n${rows.join('')}`;
}

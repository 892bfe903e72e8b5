/** Generates docs/reference/findings.md: what can be wrong with a manifest. */

import { FINDING_REASONS, type Severity } from '../../src/resources/reasons.ts';

/** A Markdown page with a table for each severity. */
export function findingsPage(): string {
  return [
    '<!-- Generated from src/resources/reasons.ts by `npm run generate`. Do not edit. -->\n\n',
    '# What can be wrong with a manifest\n\n',
    'Each finding names the object, the file with line and column, the field, what is wrong, and what to do next.\n',
    '`portcullis lint`, admission, and the log of a validator that reads a folder say the same.\n\n',
    '## Errors\n\nWhat is refused at admission, or what a condition that is False (mostly `Accepted`) names as its reason.\n\n',
    table('error'),
    '\n## Warnings\n\nThe object is taken. It may not mean what its author meant.\n\n',
    table('warning'),
  ].join('');
}

function table(wanted: Severity): string {
  const rows = Object.entries(FINDING_REASONS)
    .filter(([, { severity }]) => severity === wanted)
    .map(([reason, { meaning }]) => `| \`${reason}\` | ${meaning} |\n`);
  return `| Reason | Meaning |\n|---|---|\n${rows.join('')}`;
}

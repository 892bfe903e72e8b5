/** Generates docs/reference/coverage.md: what `portcullis coverage` finds. */

import { COVERAGE_REASONS } from '../../src/coverage/findings.ts';

/** A Markdown page with a table for what is open, and one for what is only noted. */
export function coveragePage(): string {
  return [
    '<!-- Generated from src/coverage/findings.ts by `npm run generate`. Do not edit. -->\n\n',
    '# What nothing guards\n\n',
    'What `portcullis coverage` finds; how it is called stands in [Commands for a cluster](../cluster-commands.md#coverage).\n\n',
    '## Open\n\nSomebody may get an answer whom nothing has judged. With `--fail` each of them ends the command with 1.\n\n',
    table('open'),
    '\n## Noted\n\nOn purpose, or where nothing says that it is an API. They fail nothing.\n\n',
    table('noted'),
  ].join('');
}

function table(of: 'open' | 'noted'): string {
  const rows = Object.entries(COVERAGE_REASONS).flatMap(([reason, { severity, meaning }]) =>
    severity === of ? [`| \`${reason}\` | ${meaning} |\n`] : [],
  );
  return `| Reason | Meaning |\n|---|---|\n${rows.join('')}`;
}

/** `portcullis lint`: finds what is wrong, or doubtful, in manifests before they are applied. */

import { compile } from '../compiler/compile.ts';
import { usage } from '../process/flags.ts';
import { type Finding, finding } from '../resources/findings.ts';
import { readManifests, uniteManifests } from '../resources/manifests.ts';
import { unreadOf } from '../resources/unread.ts';
import { choice, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { type Inputs, readInputs, type UnreadableInput } from './inputs.ts';
import {
  type LintReport,
  renderGithub,
  renderReportJson,
  renderReportText,
  renderSummary,
} from './lint-report.ts';
import { tlsObjectFindings } from './tls-objects.ts';

const HELP = `Usage: portcullis lint -f PATH… [options]

Says what is wrong with manifests: schema, references, expressions, regular expressions, conflicts; and what is
doubtful. It calls nobody and needs no cluster.

  -f PATH             a file, a folder (its YAML files) or - for standard input; may be given more than once
  --output FORMAT     text, json or github (workflow commands)                        (default text)
  --help              show this

Exit code: 0 no errors (there may be warnings), 1 errors, 2 wrong usage.
`;

const NO_ERRORS = 0;
const ERRORS = 1;

export const lintCommand: Command = async (args, { stdin, out, err, now }) => {
  const line = readArguments('lint', args, { file: 'f', output: undefined });
  if (line.help) {
    out(HELP);
    return NO_ERRORS;
  }
  const paths = [...line.all('file'), ...line.positionals];
  if (paths.length === 0) throw usage('lint', '-f PATH is missing: name your manifests.');
  const output = choice('lint', 'output', line.one('output'), ['text', 'json', 'github']);
  const report = lintInputs(await readInputs(paths, stdin), now);
  switch (output) {
    case 'text':
      out(renderReportText(report));
      break;
    case 'json':
      out(renderReportJson(report));
      break;
    case 'github':
      out(renderGithub(report));
      err(`${renderSummary(report)}\n`);
      break;
  }
  return report.findings.some(({ severity }) => severity === 'error') ? ERRORS : NO_ERRORS;
};

/** @param now Unix seconds. */
export function lintInputs({ files, unreadable }: Inputs, now: number): LintReport {
  const manifests = uniteManifests(files.map(({ name, text }) => readManifests(name, text)));
  const { findings } = compile({
    resources: manifests.set,
    unread: unreadOf([...manifests.findings, ...unreadable.map(unreadableFile)]),
    keySets: new Map(),
    allowInsecureHttp: false,
    // Nothing is enforced by this policy.
    secretRevision: () => '',
    // Nothing says that these manifests are for one workload.
    conflicts: 'ByTarget',
  });
  return {
    findings: [
      ...unreadable.map(unreadableFile),
      ...manifests.findings,
      ...findings,
      ...tlsObjectFindings(manifests.set, now),
    ].sort(byPlace),
    files: files.length + unreadable.length,
    passedOver: manifests.passedOver.length,
  };
}

function unreadableFile({ name, problem }: UnreadableInput): Finding {
  const [what = '', remedy = 'see to it that it can be read'] = problem.split(/: (.*)/s);
  const origin = { file: name, locate: () => ({ line: 1, column: 1 }) };
  return finding('Unreadable', { object: undefined, origin }, `the file ${what}`, remedy);
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return (a.file ?? '') < (b.file ?? '') ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

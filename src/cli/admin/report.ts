/** `portcullis report`: who was refused, or would be, and what to change. */

import { parseDuration } from '../../base/durations.ts';
import { parseJson } from '../../base/json.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';
import { type Report, readReport } from '../../report/report.ts';
import { reportText, wouldBeRefused } from '../../report/report-text.ts';
import { choice, readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { ADMIN_HELP, adminUrl, readAdmin } from './ask.ts';

const HELP = `Usage: portcullis report [BINDING] --admin URL [options]

Says what became of the requests of the last hours, binding by binding: how many passed, who was refused or would be,
by which rule and why, and what to change.

  BINDING              NAMESPACE/NAME                                                  (default: all)
${ADMIN_HELP}
  --since DURATION     of the last 30m, 1h, 24h; it begins with a full hour            (default: 24h)
  --output FORMAT      text or json                                                    (default: text)
  --fail               exit with 1 where a binding in mode Audit or Trial would refuse any request
  --help               show this
`;

const OPTIONS = { admin: undefined, since: undefined, output: undefined } as const;
const DAY = 86_400;

export const reportCommand: Command = async (args, { out }) => {
  const line = readArguments('report', args, OPTIONS, { fail: undefined });
  if (line.help) {
    out(HELP);
    return 0;
  }
  const admin = adminUrl('report', line.one('admin'));
  const output = choice('report', 'output', line.one('output'), ['text', 'json']);
  const since = line.one('since') ?? '24h';
  const seconds = parseDuration(since);
  if (seconds === undefined || seconds > DAY) {
    throw usage('report', `--since is a duration of at most 24h, such as 1h, not ${JSON.stringify(since)}.`);
  }
  const question = new URLSearchParams({ since, ...bindingOf('report', line.positionals) });
  const report = reportOf(await readAdmin(admin, `/report?${question}`));
  out(output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return line.has('fail') && report.bindings.some((one) => wouldBeRefused(one) > 0) ? 1 : 0;
};

function reportOf(text: string): Report {
  const read = readReport(parseJson(text));
  if (read.kind === 'refused') throw new StartError(`the answer of the validator ${read.problem}.`);
  return read.report;
}

/** The binding that is named, at most one. */
function bindingOf(command: string, positionals: readonly string[]): { readonly binding?: string } {
  const [binding, second] = positionals;
  if (second !== undefined)
    throw usage(command, 'more than one binding is named: name one, or none for all.');
  if (binding === undefined) return {};
  if (!/^[^/]+\/[^/]+$/.test(binding)) {
    throw usage(command, `a binding is NAMESPACE/NAME, not ${JSON.stringify(binding)}.`);
  }
  return { binding };
}

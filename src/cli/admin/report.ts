/** `portcullis report`: who was refused, or would be, and what to change. */

import { systemClock } from '../../base/clock.ts';
import { parseDuration } from '../../base/durations.ts';
import { shownJson } from '../../base/text.ts';
import { usage } from '../../process/flags.ts';
import { StartError } from '../../process/start-error.ts';
import type { Report } from '../../report/report.ts';
import { reportText, wouldBeRefused } from '../../report/report-text.ts';
import { choice } from '../arguments.ts';
import { CLUSTER_HELP, type ClusterArguments, readClusterArguments } from '../cluster/options.ts';
import { harmless } from '../cluster/paint.ts';
import type { Command, CommandSurroundings } from '../command.ts';
import { ADMIN_HELP, adminHttp, adminUrl, oneBinding } from './ask.ts';
import { type ClusterReport, clusterReport } from './cluster-report.ts';
import { openFleet } from './fleet.ts';
import { readReportAnswer } from './read-answer.ts';

const HELP = `Usage: portcullis report [BINDING] [options]

Says what became of the requests of the last hours, binding by binding: how many passed, who was refused or would be,
by which rule and why, and what to change. It asks every validator of the cluster that judges them, by port-forward: that
needs the right to create pods/portforward. A validator that does not answer is named, and the others' report is shown.

  BINDING                   NAME or NAMESPACE/NAME                                        (default: all of the namespace)
  --since DURATION          of the last 30m, 1h, 24h; it begins with a full hour          (default: 24h)
  --output FORMAT           text or json                                                  (default: text)
  --fail                    end with 1 where a binding in mode Audit or Trial would refuse any request
${ADMIN_HELP}
${CLUSTER_HELP}

Exit code: 0 all were asked, 1 some could not be (or, with --fail, would refuse), 2 wrong usage.
`;

const OPTIONS = { admin: undefined, since: undefined, output: undefined } as const;
const DAY = 86_400;

export const reportCommand: Command = async (args, surroundings) => {
  const { line, ...which } = readClusterArguments('report', args, OPTIONS, { fail: undefined });
  const { out, err } = surroundings;
  if (line.help) {
    out(HELP);
    return 0;
  }
  const output = choice('report', 'output', line.one('output'), ['text', 'json']);
  const since = line.one('since') ?? '24h';
  const seconds = parseDuration(since);
  if (seconds === undefined || seconds > DAY) {
    throw usage('report', `--since is a duration of at most 24h, such as 1h, not ${JSON.stringify(since)}.`);
  }
  const binding = oneBinding('report', line.positionals);
  const admin = line.one('admin');
  const { report, unread } =
    admin === undefined
      ? await reportOfCluster(which, binding, since, surroundings)
      : { report: await reportOfOne(adminUrl('report', admin), binding, since), unread: [] };
  if (report !== undefined) {
    out(output === 'json' ? `${shownJson(report)}\n` : reportText(report));
  }
  for (const text of unread) err(`portcullis: ${harmless(text)}\n`);
  const isRefusing = report?.bindings.some((one) => wouldBeRefused(one) > 0) ?? false;
  return unread.length > 0 || (line.has('fail') && isRefusing) ? 1 : 0;
};

async function reportOfCluster(
  which: Pick<ClusterArguments<never, never>, 'user' | 'namespace' | 'isAll'>,
  named: string | undefined,
  since: string,
  surroundings: CommandSurroundings,
): Promise<ClusterReport> {
  const fleet = await openFleet('report', which, named, surroundings);
  try {
    const answer = await clusterReport(fleet, since, systemClock);
    if (answer.report !== undefined || answer.unread.length > 0) return answer;
    const place = fleet.namespace === undefined ? 'the cluster' : `namespace ${fleet.namespace}`;
    throw new StartError(`no pod of ${place} has a validator that runs: see portcullis status.`);
  } finally {
    await fleet.close();
  }
}

async function reportOfOne(admin: URL, binding: string | undefined, since: string): Promise<Report> {
  if (binding !== undefined && !/^[^/]+\/[^/]+$/.test(binding)) {
    throw usage('report', `with --admin a binding is NAMESPACE/NAME, not ${JSON.stringify(binding)}.`);
  }
  const question = { since, ...(binding !== undefined && { binding }) };
  const answer = await readReportAnswer(adminHttp(admin), question);
  if (answer.kind === 'failed') throw new StartError(`${admin.origin}: ${answer.error.message}`);
  return answer.value.report;
}

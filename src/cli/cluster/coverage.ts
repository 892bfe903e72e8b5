/** `portcullis coverage`: what of a cluster nothing guards. */

import { findUnguarded } from '../../coverage/coverage.ts';
import { choice } from '../arguments.ts';
import type { Command } from '../command.ts';
import { renderCoverageJson, renderCoverageText } from './coverage-report.ts';
import { lookAtCluster } from './look.ts';
import { CLUSTER_HELP, readClusterArguments, refusePositionals } from './options.ts';
import { createPaint, harmless } from './paint.ts';

const HELP = `Usage: portcullis coverage [options]

Says what of a namespace, or of all, nothing guards: Services, HTTPRoutes and GRPCRoutes with pods behind them and no
binding; pods and ports without; pods with the label inject: "false"; bindings in mode Audit, Trial or Disabled; ways around
(capture NamedPort, a gateway that does not ask); rules that let anybody in. It judges as the operator does, by what you may
read. With -A it passes over kube-system, kube-public and kube-node-lease, where no webhook looks.

${CLUSTER_HELP.replace(
  '  --help  ',
  `  --fail                    end with 1 where something is open, or could not be read
  --output FORMAT           text or json                                           (default text)
  --help  `,
)}

Exit code: 0 all could be read, 1 something could not (or, with --fail, is open), 2 wrong usage.
`;

export const coverageCommand: Command = async (args, surroundings) => {
  const { line, ...which } = readClusterArguments(
    'coverage',
    args,
    { output: undefined },
    { fail: undefined },
  );
  const { out, err, isTerminal, environment } = surroundings;
  if (line.help) {
    out(HELP);
    return 0;
  }
  refusePositionals('coverage', line);
  const output = choice('coverage', 'output', line.one('output'), ['text', 'json']);
  const { view, unread } = await lookAtCluster(which, surroundings);
  const coverage = findUnguarded(view);
  if (output === 'json') out(renderCoverageJson(coverage, unread));
  else out(renderCoverageText(coverage, createPaint(isTerminal.out, environment)));
  for (const text of unread) err(`portcullis: ${harmless(text)}\n`);
  const isOpen = coverage.findings.some(({ severity }) => severity === 'open');
  return unread.length > 0 || (line.has('fail') && isOpen) ? 1 : 0;
};

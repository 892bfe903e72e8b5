/** `portcullis status`: what of a cluster's sources, bindings and pods is Ready, what is not, and why. */

import type { Command } from '../command.ts';
import { lookAtCluster } from './look.ts';
import { CLUSTER_HELP, readClusterArguments, refusePositionals } from './options.ts';
import { createPaint, harmless } from './paint.ts';
import { statusTree } from './status-tree.ts';
import { treeLines } from './tree.ts';

const HELP = `Usage: portcullis status [options]

Shows the AuthenticationSources and ApiBindings of a namespace, or of all, with the pods that each binding guards: what
is Ready, what is not and why, and what to do next. It says what the operator has written, and reads with your own rights:
list apibindings, authenticationsources, pods, services, workloads, networkpolicies and, where they are installed, routes.
What you may not read is named on standard error.

${CLUSTER_HELP}

Exit code: 0 all could be read, 1 something could not, 2 wrong usage.
`;

export const statusCommand: Command = async (args, surroundings) => {
  const { line, ...which } = readClusterArguments('status', args, {}, {});
  const { out, err, isTerminal, environment } = surroundings;
  if (line.help) {
    out(HELP);
    return 0;
  }
  refusePositionals('status', line);
  const { view, unread } = await lookAtCluster(which, surroundings);
  const { tree, summary } = statusTree(view);
  const paint = createPaint(isTerminal.out, environment);
  out([...treeLines(tree, paint), ...(tree.length > 0 ? [''] : []), summary, ''].join('\n'));
  for (const text of unread) err(`portcullis: ${harmless(text)}\n`);
  return unread.length > 0 ? 1 : 0;
};

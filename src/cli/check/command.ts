/** `portcullis check`: whether an installation is whole, or a cluster ready for one. */

import { systemClock } from '../../base/clock.ts';
import { createPortForwarder } from '../../kubernetes/port-forward.ts';
import { USUAL_HOME } from '../cluster/home.ts';
import { KUBECONFIG_HELP, readKubeconfigArguments, refusePositionals } from '../cluster/options.ts';
import { createPaint } from '../cluster/paint.ts';
import { createProgress } from '../cluster/progress.ts';
import { openSession } from '../cluster/session.ts';
import type { Command } from '../command.ts';
import { linesBefore, linesOf } from './judge.ts';
import { checkLines } from './line.ts';
import { lookAtInstallation, lookBefore } from './look.ts';

const HELP = `Usage: portcullis check [options]

Says of each part of an installation whether it is as it should be, and what to do where it is not: a line each, with a tick
where it is well, ! where it is doubtful, a cross where it is not, and ? where you may not look. It changes nothing.

  --pre                     before the install: version, nodes, your rights
  -n, --namespace NAME      of the control plane                                   (default ${USUAL_HOME})
${KUBECONFIG_HELP}

Exit code: 0 nothing has a cross, 1 something has, 2 wrong usage.
`;

export const checkCommand: Command = async (args, { out, err, isTerminal, environment, now }) => {
  const {
    line,
    user,
    namespace: home = USUAL_HOME,
  } = readKubeconfigArguments('check', args, {}, { pre: undefined });
  if (line.help) {
    out(HELP);
    return 0;
  }
  refusePositionals('check', line);
  const session = await openSession({ user, namespace: home, isAll: false }, environment);
  const forwarder = createPortForwarder(session.connection, session.client);
  const progress = createProgress(err, isTerminal.err, systemClock);
  try {
    const lines = line.has('pre')
      ? linesBefore(await lookBefore(session.client, home), home)
      : linesOf(
          await lookAtInstallation(session.client, forwarder, systemClock, home, progress.say),
          home,
          now,
        );
    progress.end();
    out(`${checkLines(lines, createPaint(isTerminal.out, environment)).join('\n')}\n`);
    return lines.some(({ mark }) => mark === 'bad') ? 1 : 0;
  } finally {
    progress.end();
    forwarder.close();
    await session.close();
  }
};

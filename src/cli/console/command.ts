/** `portcullis console`: serves the console of a cluster on this machine, with the rights of the kubeconfig. */

import { systemClock } from '../../base/clock.ts';
import { createPortForwarder } from '../../kubernetes/port-forward.ts';
import { usage } from '../../process/flags.ts';
import { listen } from '../../process/listen.ts';
import { StartError } from '../../process/start-error.ts';
import { findValidators } from '../admin/find-validators.ts';
import { adminOf } from '../cluster/admin.ts';
import { CLUSTER_HELP, readClusterArguments, refusePositionals } from '../cluster/options.ts';
import { openSession } from '../cluster/session.ts';
import type { Command } from '../command.ts';
import { clusterLooks } from './cluster-look.ts';
import { createConsoleServer } from './server.ts';

const HELP = `Usage: portcullis console [options]

Serves the console in a browser, for a namespace or for all, and prints its address: who is refused and why, each decision
as it is made, every step to an answer, sources, bindings, and what nothing guards. It listens on this machine alone, and
goes on until you end it (Ctrl-C). It reads with your own rights: those of portcullis status and coverage (the role view), and
create and get of pods/portforward in the namespaces of validators, for counts, decisions, steps and the age of keys. What you may
not read the page says, and shows the rest. Nothing can be changed there.

  --port PORT               of 127.0.0.1; 0 takes any free one                     (default 9410)
${CLUSTER_HELP}

Exit code: 0 ended by you, 1 it could not start, 2 wrong usage.
`;

const LOOPBACK = '127.0.0.1';
const USUAL_PORT = '9410';

export const consoleCommand: Command = async (args, { out, environment }) => {
  const { line, ...which } = readClusterArguments('console', args, { port: undefined }, {});
  if (line.help) {
    out(HELP);
    return 0;
  }
  refusePositionals('console', line);
  const port = portOf(line.one('port') ?? USUAL_PORT);
  const session = await openSession(which, environment);
  const { client, connection, namespace } = session;
  const forwarder = createPortForwarder(connection, client);
  const { server, end } = createConsoleServer({
    namespace,
    look: clusterLooks(client, namespace, systemClock.seconds),
    find: () => findValidators(client, namespace, () => {}),
    ask: (pod) => adminOf(forwarder, pod, systemClock),
    clock: systemClock,
  });
  try {
    const address = await listen(server, { kind: 'tcp', host: LOOPBACK, port }).catch(withAdvice);
    const taken = address.kind === 'tcp' ? address.port : port;
    const place = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
    out(`The console of ${place} is at http://${LOOPBACK}:${taken}/ until you end this (Ctrl-C).\n`);
    await signalled();
    return 0;
  } finally {
    end();
    server.close();
    server.closeAllConnections();
    forwarder.close();
    await session.close();
  }
};

function withAdvice(error: unknown): never {
  if (!(error instanceof StartError)) throw error;
  throw new StartError(`${error.message} --port names another port.`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw usage('console', `--port is a number up to 65535, not ${JSON.stringify(text)}.`);
  return port;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

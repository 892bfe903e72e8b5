/** A process that wants to lead, for tests to kill: writes each change as a line of JSON. KUBECONFIG, then its name. */

import { systemClock } from '../../src/base/clock.ts';
import { startElector } from '../../src/kubernetes/elector.ts';
import { connectTo } from './connect.ts';

const [kubeconfig = '', identity = ''] = process.argv.slice(2);
const tell = (event: string, epoch?: number) =>
  process.stdout.write(`${JSON.stringify({ identity, event, epoch, at: Date.now() })}\n`);

const { client } = connectTo(kubeconfig);
const elector = startElector({
  client,
  clock: systemClock,
  random: Math.random,
  identity,
  lease: { namespace: 'default', name: 'processes' },
  onStarted: ({ epoch }) => tell('started', epoch),
  onStopped: (reason) => void tell(reason),
  limits: { leaseSeconds: 6, renewSeconds: 5, retrySeconds: 0.5, followSeconds: 0.25 },
});
process.once('SIGTERM', () => void elector.stop().then(() => process.exit(0)));

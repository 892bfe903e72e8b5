/** The operator's own process while it is measured: when it serves, its memory at every moment, its metrics. */

import { fileURLToPath } from 'node:url';
import { HOME } from '../operator/rights.ts';
import { freePorts, Server } from '../support/server.ts';
import { memory } from './process-figures.ts';

export interface MeasuredOperator {
  readonly policy: number;
  /** Milliseconds from the start of the process until validators are served. */
  readonly startup: number;
  /** Of anonymous memory, in MB: now, and the most since the start. */
  memory(): { readonly now: number; readonly most: number };
  /** Milliseconds spent on compiling since the start. */
  compiling(): Promise<number>;
  stop(): Promise<void>;
}

export interface Program {
  readonly program: string;
  readonly args: readonly string[];
}

export const OPERATOR: Program = {
  program: fileURLToPath(new URL('../../bin/portcullis', import.meta.url)),
  args: ['operator'],
};

/** Seconds. */
const PATIENCE = 180;
/** Milliseconds. */
const SAMPLING = 50;
const MEGABYTES_PER_MEBIBYTE = 1024 ** 2 / 1e6;
const COMPILING = 'portcullis_reconcile_duration_seconds_sum{kind="Policy"} ';

export async function startMeasured(
  kubeconfig: string,
  { program, args }: Program,
): Promise<MeasuredOperator> {
  const [webhook = 0, policy = 0, admin = 0] = await freePorts(3);
  const begun = performance.now();
  const server = new Server({
    name: 'operator',
    program,
    args: [
      ...[...args, '--namespace', HOME, '--webhook', `127.0.0.1:${webhook}`],
      ...['--policy', `127.0.0.1:${policy}`, '--admin', `127.0.0.1:${admin}`],
      // The provider is on loopback; this network is nobody's.
      ...['--allow-insecure-http', '--fetch-deny-cidrs', '10.99.0.0/16'],
    ],
    // An EndpointSlice takes no loopback address; nobody goes to this one.
    env: { KUBECONFIG: kubeconfig, POD_NAME: 'operator-0', POD_IP: '192.0.2.10' },
  });
  const pid = server.pid ?? 0;
  let most = 0;
  const sample = (): number => {
    const now = server.running ? memory(pid).anonymous * MEGABYTES_PER_MEBIBYTE : 0;
    most = Math.max(most, now);
    return now;
  };
  const sampling = setInterval(sample, SAMPLING);
  const stop = async (): Promise<void> => {
    clearInterval(sampling);
    await server.stop();
  };
  try {
    await server.until('serving policies', PATIENCE, async () =>
      server.logs.includes('"Served policies"') ? true : undefined,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    policy,
    startup: performance.now() - begun,
    stop,
    memory: () => ({ now: sample(), most }),
    async compiling() {
      const response = await fetch(`http://127.0.0.1:${admin}/metrics`);
      const lines = (await response.text()).split('\n');
      return Number(lines.find((line) => line.startsWith(COMPILING))?.slice(COMPILING.length) ?? 0) * 1000;
    },
  };
}

/** What the figures were measured on. */

import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** `2 × Some Processor, 24 GiB, Linux 6.1, Node.js 26.10.0, Envoy 1.40.0`. */
export function describeMachine(envoy: string): string {
  const models = cpus();
  const kernel = execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim();
  const version = /\/(\d+\.\d+\.\d+)/.exec(execFileSync(envoy, ['--version'], { encoding: 'utf8' }))?.[1];
  return [
    `${models.length} × ${models[0]?.model ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel,
    `Node.js ${process.versions.node}`,
    `Envoy ${version ?? 'unknown'}`,
  ].join(', ');
}

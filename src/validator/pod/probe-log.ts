/** Why probes fail, in the validator's log: the kubelet's Events name the status alone. */

import type { Clock } from '../../base/clock.ts';
import type { LogFields } from '../../telemetry/log.ts';
import type { ProbeResult } from './probe-result.ts';
import type { Probe } from './probe-targets.ts';

/** Called with every outcome of one probe. */
export type NoteResult = (result: ProbeResult) => void;

export interface ProbeLogParts {
  readonly log: {
    info(message: string, fields: LogFields): void;
    warn(message: string, fields: LogFields): void;
  };
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Milliseconds between two lines about one probe: the app decides how often its outcome changes. */
const BETWEEN = 10_000;

/** A line when the outcome is another one than the last that was written, and no line for a probe that always succeeds. */
export function probeLog({ log, clock }: ProbeLogParts, name: string, probe: Probe): NoteResult {
  const SUCCESS = '';
  let written = SUCCESS;
  let at = Number.NEGATIVE_INFINITY;
  return (result) => {
    const problem = result.kind === 'success' ? SUCCESS : result.problem;
    const now = clock.monotonic();
    if (problem === written || now - at < BETWEEN) return;
    written = problem;
    at = now;
    const fields = { probe: name, action: probe.kind, port: probe.port };
    if (problem === SUCCESS) log.info('probe succeeds again', fields);
    else log.warn('probe fails', { ...fields, problem });
  };
}

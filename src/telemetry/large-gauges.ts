/** Gauges with many series, as text: made in slices, so that a scrape does not delay other work. */

import { setImmediate } from 'node:timers/promises';
import type { MetricLabels, Sample } from './prometheus.ts';

export interface LargeGauge {
  readonly name: string;
  readonly help: string;
  /** Asked for at each scrape, and read on while others have their turn. */
  readonly samples: () => Iterable<Sample>;
}

/** Lines in one go: less than 5 ms. */
const SLICE = 1000;

/** In Prometheus' text format. */
export async function renderLargeGauges(
  gauges: readonly LargeGauge[],
  turn: () => Promise<unknown> = setImmediate,
): Promise<string> {
  const parts: string[] = [];
  for (const { name, help, samples } of gauges) {
    let lines = [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
    for (const [labels, value] of samples()) {
      lines.push(`${name}${labelText(labels)} ${value}`);
      if (lines.length < SLICE) continue;
      parts.push(lines.join('\n'));
      lines = [];
      await turn();
    }
    if (lines.length > 0) parts.push(lines.join('\n'));
  }
  return `${parts.join('\n')}\n`;
}

const labelText = (labels: MetricLabels): string => {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return texts.length === 0 ? '' : `{${texts.join(',')}}`;
};

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

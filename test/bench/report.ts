/** The figures as a page of Markdown, and the marks that they are held against. */

import type { EnvoyGatewayFigures } from './envoy-gateway.ts';
import { envoyGatewaySection } from './envoy-gateway-report.ts';
import { keepsMark, type Mark } from './mark.ts';
import { count, fixed, table } from './markdown.ts';
import type { Figures } from './measure.ts';
import type { OperatorFigures } from './operator.ts';
import { operatorSection } from './operator-report.ts';

export interface Row {
  readonly name: string;
  readonly figures: Figures;
}

export interface AlgorithmRow {
  readonly algorithm: string;
  /** Microseconds of CPU. */
  readonly bare: number;
  readonly cached: Figures;
  readonly uncached: Figures;
}

export interface Report {
  readonly machine: string;
  readonly rows: readonly Row[];
  readonly algorithms: readonly AlgorithmRow[];
  readonly envoyGateway: EnvoyGatewayFigures;
  readonly operator: OperatorFigures;
  readonly marks: readonly Mark[];
}

export function render({ machine, rows, algorithms, envoyGateway, operator, marks }: Report): string {
  return `# Benchmarks

Made by \`make bench\` on ${machine}.

Envoy, with one worker, asks about every request and then answers it itself, so that only the check is
measured. The load is wrk on 32 connections, with 5,000 different valid tokens in turn. CPU is that of the
process that decides, for one check. Compare the rows with each other, not with other machines.

## Ways to check a token (RS256)

${table(
  ['what Envoy asks', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'anonymous MiB', 'resident MiB'],
  rows.map(({ name, figures: f }) => [
    name,
    count(f.perSecond),
    fixed(f.p50, 2),
    fixed(f.p99, 2),
    f.cpu === undefined ? '–' : fixed(f.cpu, 1),
    f.memory === undefined ? '–' : fixed(f.memory.anonymous, 0),
    f.memory === undefined ? '–' : fixed(f.memory.resident, 0),
  ]),
)}

## By algorithm (HTTP, Unix socket)

Uncached, every token is verified: 25,000 in turn, more than the cache holds. ES384, ES512 and ES256K are
verified off the main thread.

${table(
  [
    'algorithm',
    'bare crypto.verify µs',
    'cached req/s',
    'cached CPU µs',
    'uncached req/s',
    'uncached CPU µs',
    'uncached p99 ms',
  ],
  algorithms.map(({ algorithm, bare, cached, uncached }) => [
    algorithm,
    fixed(bare, 1),
    count(cached.perSecond),
    fixed(cached.cpu ?? 0, 1),
    count(uncached.perSecond),
    fixed(uncached.cpu ?? 0, 1),
    fixed(uncached.p99, 2),
  ]),
)}

${envoyGatewaySection(envoyGateway)}
${operatorSection(operator)}
### Many bindings on the same pods

What one change holds the control plane's thread for, at a time, where thousands of bindings guard the same pods: a third
of them each by the labels of pods, by a Service and by a route at a gateway. The parts are the operator's own, without a
cluster. Of pods that are alike, that have a label of their own each, and that have one that a selector reads, the worst
counts; and of several changes of one kind the worst. The marks say it.

## Marks

${marksTable(marks)}
`;
}

export function marksTable(marks: readonly Mark[]): string {
  return table(
    ['mark', 'bound', 'reached', ''],
    marks.map((mark) => [
      mark.name,
      `${mark.direction} ${mark.bound}${mark.unit}`,
      `${fixed(mark.reached, mark.unit.includes('ms') ? 0 : 2)}${mark.unit}`,
      keepsMark(mark) ? 'kept' : '**missed**',
    ]),
  );
}

/** Envoy Gateway's Envoy beside a plain one, as a section of the page: the figures, and the ratios that count. */

import type { EnvoyGatewayFigures, Pair, Round } from './envoy-gateway.ts';
import { count, fixed, table } from './markdown.ts';
import { type Figures, median } from './measure.ts';

export function envoyGatewaySection({ rounds, seconds }: EnvoyGatewayFigures): string {
  return `## At Envoy Gateway (gRPC, cached)

Envoy Gateway's own Envoy, with what \`portcullis envoy-config --for envoy-gateway\` prints, beside a plain Envoy with
nothing but the check. Both have one worker, ask the same validator over gRPC, and answer each request themselves.
Without a check, the plain one has no filter, and Envoy Gateway no SecurityPolicy. Envoy Gateway's writes its access log,
to /dev/null; the plain one has none. Each figure is the median of ${rounds.length} rounds of ${seconds} s, all four in turn.

${table(
  ['Envoy', 'requests/s', 'p50 ms', 'p99 ms', 'its CPU µs', "validator's CPU µs"],
  ROWS.map(([name, of]) => {
    const typical = (figure: (figures: Figures) => number): number => middle(rounds.map(of).map(figure));
    return [
      name,
      count(typical((figures) => figures.perSecond)),
      fixed(typical(p50), 2),
      fixed(typical(p99), 2),
      fixed(typical(envoyCpu), 1),
      rounds.some((round) => of(round).cpu === undefined) ? '–' : fixed(typical(validatorCpu), 1),
    ];
  }),
)}

Envoy Gateway's over the plain one's, in the same round, and what at least half of the rounds lie between. Where other work
runs on the machine, they lie far apart.

${table(
  ['ratio', 'median', 'between'],
  RATIOS.map(([name, of]) => {
    const ratios = rounds.map(({ plain, gateway }) => of(gateway) / of(plain)).toSorted((a, b) => a - b);
    const cut = Math.floor(ratios.length / 4);
    const between = [ratios.at(cut), ratios.at(-1 - cut)];
    return [name, times(middle(ratios)), between.map((ratio = Number.NaN) => times(ratio)).join(' and ')];
  }),
)}
`;
}

const ROWS: readonly (readonly [name: string, of: (round: Round) => Figures])[] = [
  ['plain, without a check', ({ plain }) => plain.open],
  ['plain, with the check', ({ plain }) => plain.guarded],
  ["Envoy Gateway's, without a check", ({ gateway }) => gateway.open],
  ["Envoy Gateway's, with the check", ({ gateway }) => gateway.guarded],
];

const RATIOS: readonly (readonly [name: string, of: (pair: Pair) => number])[] = [
  ['requests/s without a check', ({ open }) => open.perSecond],
  ['requests/s with the check', ({ guarded }) => guarded.perSecond],
  ["Envoy's CPU without a check", ({ open }) => envoyCpu(open)],
  ["Envoy's CPU with the check", ({ guarded }) => envoyCpu(guarded)],
  ["Envoy's CPU, what the check adds", ({ open, guarded }) => envoyCpu(guarded) - envoyCpu(open)],
  ["the validator's CPU", ({ guarded }) => validatorCpu(guarded)],
];

const p50 = (figures: Figures): number => figures.p50;
const p99 = (figures: Figures): number => figures.p99;
const envoyCpu = (figures: Figures): number => figures.envoyCpu;
const validatorCpu = ({ cpu }: Figures): number => cpu ?? Number.NaN;
const middle = (values: readonly number[]): number => median(values, (value) => value);
const times = (ratio: number): string => `${fixed(ratio, 2)} ×`;

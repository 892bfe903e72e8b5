// The table of docs/gateways/README.md says what the suite has found to be true of each gateway.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caddy } from './caddy.ts';
import { plainEnvoy } from './envoy.ts';
import { envoyGateway } from './envoy-gateway/program.ts';
import type { GatewayProgram } from './gateway.ts';
import { istio } from './istio/gateway.ts';
import { nginx } from './nginx.ts';
import { traefik } from './traefik/program.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'gateways', 'README.md'), 'utf8');

/** The cells of each row, by the gateway's name without its link. */
const rows = new Map(
  [...page.matchAll(/^\| \[.*\|$/gm)].map(([line]) => {
    const [name = '', ...cells] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    return [name.replace(/\[(.*?)\]\(.*?\)/, '$1'), cells] as const;
  }),
);

const GATEWAYS: readonly GatewayProgram[] = [
  ...[plainEnvoy('http'), plainEnvoy('grpc'), istio('grpc'), istio('http')],
  ...[envoyGateway, nginx, traefik, caddy],
];

it.each(GATEWAYS)('$name', ({ name, traits }) => {
  expect(rows.get(name)).toEqual([
    `${traits.unavailable}${traits.unavailableProblem ? ', problem+json' : ''}${traits.late === traits.unavailable ? '' : `; ${traits.late} where one is silent`}`,
    traits.trueReasonOf503 ? 'yes' : 'no',
    traits.losesNamedHeaders ? 'loses the user' : 'loses nothing',
    traits.tidiesPaths ? 'yes' : 'no',
    traits.servesMetadata ? 'served' : '403',
    Object.entries(traits.refusesItself)
      .map(([reason, why]) => `\`${reason}\`: ${why}`)
      .join('; '),
  ]);
});

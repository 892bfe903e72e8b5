/** The same check at Envoy Gateway's Envoy and at a plain one: what each asks over gRPC, and what it costs them. */

import { startEnvoyGateways } from './envoy-gateway-world.ts';
import { cacheAll } from './floods.ts';
import { type Figures, measureRounds, type Subject } from './measure.ts';
import { mint } from './minting.ts';
import type { Plan } from './plan.ts';
import { World } from './world.ts';

/** One kind of Envoy, in each round: without a check and with it. */
export interface Pair {
  readonly open: Figures;
  readonly guarded: Figures;
}

export interface Round {
  readonly plain: Pair;
  readonly gateway: Pair;
}

export interface EnvoyGatewayFigures {
  readonly rounds: readonly Round[];
  readonly seconds: number;
}

export async function measureEnvoyGateway(
  envoy: string,
  plan: Plan,
  progress: (text: string) => void,
): Promise<EnvoyGatewayFigures> {
  progress('Envoy Gateway');
  await using world = new World(envoy);
  const validator = await world.validator('RS256', 1, 'grpc');
  await using gateways = await startEnvoyGateways(world, validator);
  const tokens = world.file(mint('RS256', plan.cachedTokens), 'tokens');
  const { authorizer } = validator;
  const plain = {
    open: { envoy: await world.checking({ kind: 'nothing' }), tokens },
    guarded: {
      envoy: await world.checking({ kind: 'ext_authz', authorizer }),
      authorizer: validator,
      tokens,
    },
  };
  const gateway = {
    open: { envoy: gateways.open, tokens },
    guarded: { envoy: gateways.guarded, authorizer: validator, tokens },
  };
  // It is all the warm-up there is.
  for (const { guarded } of [plain, gateway]) await cacheAll(guarded, validator);
  const subjects: readonly Subject[] = [plain.open, plain.guarded, gateway.open, gateway.guarded];
  // Many short ones: other work on the machine comes and goes, and is to weigh on all of a round.
  const rounds = await measureRounds(subjects, { ...plan, ...plan.envoyGateway, warmUp: 0 });
  return { rounds: rounds.map(roundOf), seconds: plan.envoyGateway.seconds };
}

function roundOf([plainOpen, plainGuarded, open, guarded]: readonly Figures[]): Round {
  if (!plainOpen || !plainGuarded || !open || !guarded) throw new RangeError('an Envoy was not measured');
  return { plain: { open: plainOpen, guarded: plainGuarded }, gateway: { open, guarded } };
}

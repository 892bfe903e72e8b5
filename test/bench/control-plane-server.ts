/** A process that is the policy server alone, with policies that its parent writes: started by control-plane.ts. */

import { systemClock } from '../../src/base/clock.ts';
import { ok } from '../../src/kubernetes/errors.ts';
import { startPolicyServer, tokenFor, updateOf, vouch } from '../../src/operator/testing/policy-server.ts';

/** To the process. */
export interface Publish {
  /** Another name is another policy. */
  readonly name: string;
  /** Bindings in it. */
  readonly bindings: number;
  /** For every pod a policy of its own. */
  readonly distinct: boolean;
}

/** From the process: first that it is there, then of every change that all have acknowledged it. */
export type Report =
  | {
      readonly kind: 'ready';
      readonly port: number;
      readonly authority: string;
      readonly tokens: readonly string[];
    }
  | {
      readonly kind: 'acknowledged';
      /** Milliseconds from the change to each validator's acknowledgement. */
      readonly times: readonly number[];
    };

/** Milliseconds that an API server takes to judge a token. */
const REVIEW = 2;

async function main(count: number): Promise<void> {
  const pods = Array.from({ length: count }, (_, i) => `shop/pod-${i}`);
  const send = (report: Report) => void process.send?.(report);
  const world = await startPolicyServer({
    clock: systemClock,
    random: Math.random,
    judge: {
      prove: async () => 'ask',
      review: async (token) => {
        await new Promise((resolve) => setTimeout(resolve, REVIEW));
        return ok(vouch(byToken.get(token)));
      },
    },
  });
  const byToken = new Map(pods.map((pod) => [tokenFor({ pod, expires: Date.now() / 1000 + 3600 }), pod]));
  for (const pod of pods) world.pods.set(pod, `uid-${pod}`);
  world.otherwise({ kind: 'policy', update: updateOf('first') });

  let wanted = new Map<string, string>();
  let start = 0;
  let times: number[] = [];
  world.server.onValidator(({ pod, version }) => {
    if (version === undefined || wanted.get(pod) !== version) return;
    wanted.delete(pod);
    times.push(performance.now() - start);
    if (wanted.size === 0) send({ kind: 'acknowledged', times });
  });

  process.on('message', ({ name, bindings, distinct }: Publish) => {
    // Equal policies are one object, as the control plane has them.
    const common = updateOf(name, { size: bindings });
    const updates = pods.map((pod) => (distinct ? updateOf(`${name}-${pod}`, { size: bindings }) : common));
    wanted = new Map(pods.map((pod, i) => [pod, (updates[i] ?? common).policy.version]));
    times = [];
    for (const [i, pod] of pods.entries()) {
      world.write({ pod, gateway: undefined }, { kind: 'policy', update: updates[i] ?? common });
    }
    start = performance.now();
    world.tell(...pods);
  });
  process.once('disconnect', () => process.exit());
  send({
    kind: 'ready',
    port: world.port,
    authority: world.authority.certificate,
    tokens: [...byToken.keys()],
  });
}

await main(Number(process.argv[2]));

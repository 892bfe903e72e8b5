/** A validator of a gateway, with the policy that follows from routes and bindings, as the control plane makes it. */

import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/base/json.ts';
import { binding, change, raw, source } from '../../src/cluster/testing/objects.ts';
import { createPolicies, type PlanningChange } from '../../src/planning/policies.ts';
import { policyOfGateway } from '../../src/planning/testing/policies.ts';
import { podFiles, startControlPlane } from '../../src/validator/testing/control-plane-server.ts';
import { Server } from '../support/server.ts';

const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Seconds to come up, on a machine that may be busy. */
const startLimit = 60;

/** A route as it is written; the Gateway has accepted it. */
export interface WrittenRoute {
  readonly kind: 'HTTPRoute' | 'GRPCRoute';
  readonly namespace: string;
  readonly name: string;
  readonly spec: JsonObject;
}

export interface WrittenBinding {
  /** namespace/name. */
  readonly id: string;
  readonly targetRefs: readonly JsonObject[];
  readonly mode?: string;
}

export interface RoutesPlane {
  /** Where the validator is asked over gRPC. */
  readonly grpc: number;
  /** Has the validator enforce a policy of these bindings, and returns what it says of its gateway when it has it. */
  enforce(bindings: readonly WrittenBinding[]): Promise<string | undefined>;
  stop(): Promise<void>;
}

export async function startRoutesPlane(
  gateway: string,
  routes: readonly WrittenRoute[],
): Promise<RoutesPlane> {
  const [namespace = '', name = ''] = gateway.split('/');
  const parents = [{ parentRef: { namespace, name }, conditions: [{ type: 'Accepted', status: 'True' }] }];
  const namespaces = [...new Set(routes.map((route) => route.namespace))];
  const there: readonly PlanningChange[] = [
    { kind: 'RouteApi', installed: true },
    { kind: 'SharedGateway', id: gateway, active: true },
    change('Gateway', gateway, raw(gateway, { spec: { listeners: [{ name: 'http', port: 80 }] } })),
    ...namespaces.map((of) => source(`${of}/okta`)),
    ...routes.map(({ kind, namespace: of, name: called, spec }) =>
      change(kind, `${of}/${called}`, raw(`${of}/${called}`, { spec, status: { parents } })),
    ),
  ];
  const policyOf = (bindings: readonly WrittenBinding[]) => {
    const policies = createPolicies({ allowInsecureHttp: false });
    policies.apply([
      ...there,
      ...bindings.map(({ id, targetRefs, ...more }) => binding(id, { targetRefs, ...more })),
    ]);
    const update = policyOfGateway(policies, gateway);
    if (update === undefined) throw new Error('the gateway has no policy');
    return update.policy;
  };

  const files = podFiles();
  const plane = await startControlPlane();
  files.writeToken('token');
  files.writeAuthorities(plane.authority);
  const server = new Server({
    name: 'validator',
    program: process.execPath,
    args: [
      ...[program, 'validator', '--control-plane', plane.url.href, '--gateway', gateway],
      ...['--http', 'off', '--grpc', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
    ],
    env: files.environment,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await plane.stop();
    files.remove();
  };
  try {
    const grpc = await server.until('serving', startLimit, async () => grpcPort(server.logs));
    return {
      grpc,
      async enforce(bindings) {
        const policy = policyOf(bindings);
        plane.publish(policy);
        return (await plane.askedFor(({ version }) => version === policy.version)).tellsRoutes;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function grpcPort(logs: string): number | undefined {
  const line = logs.split('\n').find((one) => one.includes('"msg":"serving"'));
  return line === undefined ? undefined : Number(String(JSON.parse(line).grpc).split(':').at(-1));
}

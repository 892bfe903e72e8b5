/** Ports of pods that no Service leads HTTP to, and no binding guards. */

import type { Pod } from '../cluster/objects.ts';
import { capturedPorts } from '../status/standing.ts';
import { few } from '../status/texts.ts';
import { captureOf } from '../targets/guards.ts';
import { workloadOf } from '../targets/owners.ts';
import { type CoverageFinding, coverageFinding } from './findings.ts';
import { saysHttp } from './http-ports.ts';
import { portState } from './judged.ts';
import { ledKey } from './services.ts';
import type { OutsideView } from './view.ts';

interface OpenPort {
  readonly reason: 'PodUnguarded' | 'PortUnguarded' | 'PortUnjudged';
  readonly text: string;
}

/**
 * Pods of one workload are one finding: they differ in little else.
 *
 * @param pods that are there, of one namespace.
 * @param led see `ServiceCoverage`.
 */
export function judgePods(
  pods: readonly Pod[],
  led: ReadonlySet<string>,
  view: OutsideView,
): readonly CoverageFinding[] {
  const found = new Map<string, { readonly port: OpenPort; readonly pods: Pod[] }>();
  for (const pod of pods) {
    for (const port of openPorts(pod, led, view)) {
      const owner = workloadOf(pod) ?? { kind: 'Pod', name: pod.metadata.name };
      const key = `${owner.kind} ${owner.name} ${port.reason}`;
      const known = found.get(`${key} ${port.text}`);
      if (known === undefined) found.set(`${key} ${port.text}`, { port, pods: [pod] });
      else known.pods.push(pod);
    }
  }
  return byOwner([...found.values()]);
}

function byOwner(
  found: readonly { readonly port: OpenPort; readonly pods: readonly Pod[] }[],
): readonly CoverageFinding[] {
  const groups = Map.groupBy(found, ({ port, pods: [pod] }) => {
    const owner = pod && (workloadOf(pod) ?? { kind: 'Pod', name: pod.metadata.name });
    return `${port.reason} ${owner?.kind} ${owner?.name}`;
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const [pod] = first?.pods ?? [];
    if (first === undefined || pod === undefined) return [];
    const owner = workloadOf(pod) ?? { kind: 'Pod', name: pod.metadata.name };
    const object = { kind: owner.kind, namespace: pod.metadata.namespace, name: owner.name };
    const texts = [...new Set(group.map(({ port }) => port.text))];
    const names = [...new Set(group.flatMap(({ pods }) => pods.map(({ metadata }) => metadata.name)))];
    return textsOf(first.port.reason, object, few(texts, 'port', 'ports'), few(names, 'Pod', 'Pods'));
  });
}

function textsOf(
  reason: OpenPort['reason'],
  object: { readonly kind: string; readonly namespace: string; readonly name: string },
  ports: string,
  pods: string,
): CoverageFinding {
  switch (reason) {
    case 'PodUnguarded':
      return coverageFinding(
        reason,
        object,
        `${pods} can be called at ${ports} by address, and no binding guards that`,
        'target the workload by an ApiBinding, or close the port by a NetworkPolicy',
      );
    case 'PortUnguarded':
      return coverageFinding(
        reason,
        object,
        `${pods} can be called at ${ports} by address, which no binding guards, though one guards other ports there`,
        'name the port in spec.ports of that binding',
      );
    case 'PortUnjudged':
      return coverageFinding(
        reason,
        object,
        `what comes to ${ports} of ${pods} passes untouched`,
        'if it speaks HTTP, name the port in spec.ports of the binding; else close it to whoever has no business there',
      );
  }
}

function openPorts(pod: Pod, led: ReadonlySet<string>, { policies }: OutsideView): readonly OpenPort[] {
  const { namespace, name } = pod.metadata;
  const isGuarded = policies.targets.guards(`${namespace}/${name}`).length > 0;
  const open = pod.ports.filter(
    ({ port }) => !led.has(ledKey(pod, port)) && portState(pod, port, policies) === 'open',
  );
  return [
    ...open.flatMap((port): readonly OpenPort[] => {
      const text = port.name === '' ? `${port.port}` : `${port.port} (${port.name})`;
      if (saysHttp(port.name)) return [{ reason: isGuarded ? 'PortUnguarded' : 'PodUnguarded', text }];
      return isGuarded ? [{ reason: 'PortUnjudged', text }] : [];
    }),
    ...(isGuarded ? passingDatagrams(pod) : []),
  ];
}

/** Where Redirect takes the number for TCP, it drops the other protocols. */
function passingDatagrams(pod: Pod): readonly OpenPort[] {
  const taken =
    pod.sidecars.validator && captureOf(pod) === 'Redirect' ? capturedPorts(pod) : new Set<number>();
  return pod.unjudgedPorts
    .filter(({ port }) => !taken.has(port))
    .map(({ port, protocol }) => ({ reason: 'PortUnjudged', text: `${port}/${protocol}` }));
}

/** Services whose pods answer HTTP requests that nothing judges. */

import type { Pod, Service } from '../cluster/objects.ts';
import { selectorMatches } from '../resources/selectors.ts';
import { few } from '../status/texts.ts';
import { type CoverageFinding, coverageFinding } from './findings.ts';
import { httpPorts, portAtPod } from './http-ports.ts';
import { calledBy, isOptedOut, portState } from './judged.ts';
import type { OutsideView } from './view.ts';

export interface ServiceCoverage {
  readonly findings: readonly CoverageFinding[];
  /** `namespace/pod port` that a Service leads HTTP to. */
  readonly led: ReadonlySet<string>;
}

/** @param pods that are there, of the namespace. */
export function judgeService(service: Service, pods: readonly Pod[], view: OutsideView): ServiceCoverage {
  const { metadata, selector } = service;
  if (selector === undefined) return { findings: [], led: new Set() };
  const id = `${metadata.namespace}/${metadata.name}`;
  const led = new Set<string>();
  const open: { readonly pod: Pod; readonly port: number }[] = [];
  const ports = httpPorts(service);
  for (const pod of pods) {
    if (!selectorMatches({ matchLabels: selector }, pod.labels)) continue;
    for (const port of ports) {
      const number = portAtPod(port, id, pod);
      if (number === undefined) continue;
      led.add(ledKey(pod, number));
      if (portState(pod, number, view.policies, calledBy(port)) === 'open') open.push({ pod, port: number });
    }
  }
  return { findings: open.length === 0 ? [] : [findingOf(service, open, view)], led };
}

export const ledKey = ({ metadata }: Pod, port: number): string =>
  `${metadata.namespace}/${metadata.name} ${port}`;

function findingOf(
  { kind, metadata: { namespace, name } }: Service,
  open: readonly { readonly pod: Pod; readonly port: number }[],
  { policies: { targets } }: OutsideView,
): CoverageFinding {
  const object = { kind, namespace, name };
  const pods = [...new Set(open.map(({ pod }) => pod))];
  const names = few(
    pods.map(({ metadata }) => metadata.name),
    'Pod',
    'Pods',
  );
  const numbers = [...new Set(open.map(({ port }) => port))].sort((a, b) => a - b);
  const where = `${numbers.length === 1 ? 'port' : 'ports'} ${numbers.join(', ')} of ${names}`;
  const isGuardedElsewhere = pods.every(
    (pod) => targets.guards(`${namespace}/${pod.metadata.name}`).length > 0,
  );
  if (isGuardedElsewhere) {
    const message = `leads to ${where}, which no binding guards, though one guards other ports there`;
    return coverageFinding(
      'PortUnguarded',
      object,
      message,
      `name the port in spec.ports of that binding, or bind Service ${name}`,
    );
  }
  const out = pods.filter(isOptedOut);
  const label =
    out.length === 0
      ? ''
      : `; ${out.length === pods.length ? 'all' : out.length} of them have the label portcullis.dev/inject: "false"`;
  const first = out.length === 0 ? '' : 'take the label away, and ';
  return coverageFinding(
    'ServiceUnguarded',
    object,
    `leads to ${where}, and no binding guards that${label}`,
    `${first}target Service ${name} by an ApiBinding`,
  );
}

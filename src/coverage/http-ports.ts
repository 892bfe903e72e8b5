/** Which ports of a Service lead to something that speaks HTTP, plain or in TLS. */

import type { Pod, Service, ServicePort } from '../cluster/objects.ts';
import { spokenBy } from '../injection/spoken.ts';
import { saysOtherProtocol } from '../targets/exposed.ts';
import { portsOfPod } from '../targets/ports.ts';

/** Those that say it; where none does, the only one, unless its name or its number stands for something else. */
export function httpPorts({ ports }: Pick<Service, 'ports'>): readonly ServicePort[] {
  const candidates = ports.filter((port) => !saysOtherProtocol(port));
  const speaking = candidates.filter(({ appProtocol, name }) => saysHttp(appProtocol, name));
  if (speaking.length > 0) return speaking;
  const silent = candidates.filter((port) => !saysTls(port) && !isOfOthers(port));
  return silent.length === 1 ? silent : [];
}

/** `tls` alone may be anything. */
export function saysHttp(...texts: readonly string[]): boolean {
  const spoken = spokenBy(...texts);
  return (
    spoken !== undefined &&
    (spoken !== 'TLS' || texts.some((text) => /http|grpc|^wss/.test(text.toLowerCase())))
  );
}

const saysTls = ({ appProtocol, name }: ServicePort): boolean => spokenBy(appProtocol, name) === 'TLS';

/** Ports that are registered for other protocols, and that programs listen at as a rule. */
const OF_OTHERS: ReadonlySet<number | string> = new Set([
  ...[22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995],
  ...[1433, 1521, 1883, 2181, 3306, 4222, 5432, 5671, 5672, 6379, 8883, 9042, 9092, 11_211, 26_379, 27_017],
]);

const isOfOthers = ({ port, targetPort }: ServicePort): boolean =>
  OF_OTHERS.has(port) && OF_OTHERS.has(targetPort);

/** The pod's own port that a Service's port leads to; undefined where the pod has none of that name. */
export function portAtPod({ targetPort }: ServicePort, service: string, pod: Pod): number | undefined {
  const targets = [{ target: targetPort, protocol: 'HTTP' as const }];
  const found = portsOfPod({ kind: 'targets', service, targets }, pod);
  return found.kind === 'ports' ? found.ports[0]?.port : undefined;
}

/** Whether the cluster itself can run Portcullis: its version, and its nodes' kernels. */

import type { JsonValue } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { count, few } from '../../status/texts.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

/** As the chart's kubeVersion says. */
const OLDEST = [1, 31] as const;
/** The rules that lead ports to Envoy need its nftables. */
const OLDEST_KERNEL = [5, 2] as const;

export function checkVersion(version: Outcome<JsonValue>): CheckLine {
  const what = 'Kubernetes';
  if (version.kind === 'failed') return unseen(what, 'get its version', '', version.error);
  const text = String(objectAt(version.value).gitVersion ?? 'unknown');
  const numbers = numbersOf(text);
  if (numbers === undefined)
    return doubtful(what, `calls its version ${text}`, 'see that it is 1.31 or newer');
  if (isOlder(numbers, OLDEST))
    return bad(what, `is ${text}, and must be 1.31 or newer`, 'upgrade the cluster');
  return well(what, text);
}

export function checkNodes(nodes: Outcome<readonly KubernetesObject[]>): CheckLine {
  const what = 'Nodes';
  if (nodes.kind === 'failed') return unseen(what, 'list nodes', '', nodes.error);
  const infos = nodes.value.map(({ metadata, status }) => {
    const { kernelVersion, operatingSystem } = objectAt(objectAt(status).nodeInfo);
    return {
      name: metadata.name,
      kernel: String(kernelVersion ?? ''),
      system: String(operatingSystem ?? ''),
    };
  });
  const linux = infos.filter(({ system }) => system === 'linux');
  if (linux.length === 0)
    return bad(what, 'there is none that runs Linux', 'add Linux nodes: pods of others cannot be guarded');
  const old = linux.filter(({ kernel }) => {
    const numbers = numbersOf(kernel);
    return numbers !== undefined && isOlder(numbers, OLDEST_KERNEL);
  });
  if (old.length > 0) {
    const names = few(old.map(({ name, kernel }) => `${name} (${kernel})`));
    return bad(
      what,
      `${names}: capture Redirect needs Linux 5.2 or newer`,
      'upgrade them, or use capture NamedPort there',
    );
  }
  const others = infos.length - linux.length;
  return well(
    what,
    `${count(linux.length, 'Linux node')}${others === 0 ? '' : `; pods on ${others} of another system cannot be guarded`}`,
  );
}

function numbersOf(text: string): readonly [number, number] | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

const isOlder = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean =>
  a < c || (a === c && b < d);

/** The network of the node: a cable to this machine, and as many address families as its kernel has. */
import { exists } from '../../tools/cache.ts';
import { mustRun, run } from '../../tools/run.ts';
import { entering, runInside } from './namespaces.ts';
import { CABLE, IPV4, IPV6 } from './place.ts';
import { until } from './until.ts';

/** Returns whether there is IPv6, too. */
export async function layCable(holder: number): Promise<boolean> {
  await mustRun('ip', [
    ...['link', 'add', CABLE, 'type', 'veth'],
    ...['peer', 'name', 'eth0', 'netns', String(holder)],
  ]);
  await onHost(['addr', 'add', `${IPV4.host}/${IPV4.subnet}`, 'dev', CABLE]);
  await onHost(['link', 'set', CABLE, 'up']);
  await onNode(holder, [
    `ip addr add ${IPV4.node}/${IPV4.subnet} dev eth0`,
    'ip link set eth0 up',
    // A packet of the node's own must have a route before a Service's rule changes where it goes.
    `ip route add ${IPV4.services} dev eth0 src ${IPV4.node}`,
  ]);
  const obstacle = await addIpv6(holder);
  if (obstacle === undefined) return true;
  console.error(`The cluster has IPv4 alone: ${obstacle}`);
  return false;
}

/** It goes with the namespace of its other end, but in the kernel's own time. */
export async function removeCable(): Promise<void> {
  await until(`the end of ${CABLE}`, 30, async () => {
    if (!(await exists(`/sys/class/net/${CABLE}`))) return true;
    await run('ip', ['link', 'del', CABLE]);
    return undefined;
  });
}

/** Says why it cannot be. */
async function addIpv6(holder: number): Promise<string | undefined> {
  if (!(await exists('/proc/net/if_inet6'))) return 'the kernel of this machine has no IPv6.';
  try {
    await onNode(holder, [
      'echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6',
      'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding',
      `ip -6 addr add ${IPV6.node}/${IPV6.subnet} dev eth0 nodad`,
      `ip -6 route add ${IPV6.services} dev eth0 src ${IPV6.node}`,
      'ip6tables -t nat -n -L >/dev/null',
    ]);
    await onHost(['-6', 'addr', 'add', `${IPV6.host}/${IPV6.subnet}`, 'dev', CABLE, 'nodad']);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

const onHost = (args: readonly string[]): Promise<string> => mustRun('ip', args);

async function onNode(holder: number, lines: readonly string[]): Promise<void> {
  const { code, stderr } = await runInside(entering(holder), ['sh', '-ec', lines.join('\n')]);
  if (code !== 0) throw new Error(stderr.trim());
}

/**
 * Where the cluster of this checkout lives: its folder, its files and its addresses. Other checkouts have others, and a
 * process with CLUSTER=1 in its environment means a second one of this checkout.
 */
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownerName, slotFolder, slotOf } from './slot.ts';

export const CHECKOUT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

const NTH = Number(process.env.CLUSTER || 0);
const SLOT = slotOf(CHECKOUT, tmpdir(), NTH);

/** Whose cluster it is. */
export const CLUSTER_OWNER = ownerName(CHECKOUT, NTH);

/** All that the cluster keeps, but its programs. */
export const FOLDER = slotFolder(tmpdir(), SLOT);

/** The path of a file of the cluster. */
export const place = (...names: readonly string[]): string => path.join(FOLDER, ...names);

/** Its end of the cable on the machine; the other one is the node's eth0. */
export const CABLE = `portcullis${SLOT}`;
/** The control group below which pods live, in each hierarchy. */
export const CONTROL_GROUP = `portcullis-cluster-${SLOT}`;
export const NODE = 'node1';

/**
 * Folders whose names are fixed in the programs of a node → those of the cluster that are mounted over them, in its
 * namespaces alone.
 */
export const COVERED: Readonly<Record<string, string>> = {
  '/var/lib/cni': place('cni-results'),
  '/var/lib/kubelet': place('kubelet'),
  '/var/log': place('log'),
};

/** Below /run, which is the cluster's own inside its namespaces: paths of sockets must be short. */
export const CONTAINERD_SOCKET = '/run/portcullis-containerd.sock';

export interface Addresses {
  readonly node: string;
  /** This machine, as the node sees it. */
  readonly host: string;
  readonly subnet: number;
  readonly pods: string;
  readonly services: string;
}

export const IPV4: Addresses = {
  node: `10.200.${SLOT}.1`,
  host: `10.200.${SLOT}.254`,
  subnet: 24,
  pods: '10.244.0.0/24',
  services: '10.96.0.0/16',
};
export const IPV6: Addresses = {
  node: `fd00:10:200:${SLOT}::1`,
  host: `fd00:10:200:${SLOT}::fe`,
  subnet: 64,
  pods: 'fd00:10:244::/64',
  services: 'fd00:10:96::/112',
};
/** The Service kubernetes has the first address of its range. */
export const API_SERVICE = '10.96.0.1';
export const DNS_SERVICE = '10.96.0.10';
export const API_SERVER = `https://${IPV4.node}:6443`;

/** IPv4 is always the first. */
export const families = (ipv6: boolean): readonly Addresses[] => (ipv6 ? [IPV4, IPV6] : [IPV4]);

/** For pods that need nothing else: every applet of busybox, on the path. */
export const BUSYBOX = 'portcullis.test/busybox:1';

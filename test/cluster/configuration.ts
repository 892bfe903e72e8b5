/** The files that the programs of the node read. */
import { mkdir, writeFile } from 'node:fs/promises';
import { CA, certificateOf, keyOf, kubeconfigOf } from './credentials.ts';
import {
  BUSYBOX,
  CONTAINERD_SOCKET,
  CONTROL_GROUP,
  DNS_SERVICE,
  families,
  IPV4,
  NODE,
  place,
} from './place.ts';

/** @param plugins the folder with the CNI plugins. */
export async function writeConfiguration(plugins: string, ipv6: boolean): Promise<void> {
  await mkdir(place('cni'), { recursive: true });
  await mkdir(place('volume-plugins'), { recursive: true });
  await writeFile(place('cni', 'portcullis.conflist'), JSON.stringify(podNetwork(ipv6)));
  await writeFile(place('containerd.toml'), containerd(plugins));
  await writeFile(place('kubelet.json'), JSON.stringify(kubelet));
  await writeFile(place('proxy.json'), JSON.stringify(proxy(ipv6)));
  // Pods of dnsPolicy Default ask nobody: the cluster reaches no other network.
  await writeFile(place('resolv.conf'), '');
}

/** Each pod has a cable of its own to the node, so that all its traffic passes the rules of Services there. */
const podNetwork = (ipv6: boolean): object => ({
  cniVersion: '0.4.0',
  name: 'portcullis',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        dataDir: place('cni-addresses'),
        ranges: families(ipv6).map(({ pods }) => [{ subnet: pods }]),
        routes: families(ipv6).map(({ pods }) => ({ dst: pods.includes(':') ? '::/0' : '0.0.0.0/0' })),
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** Version 2 is read by containerd 1.6 to 2. */
const containerd = (plugins: string): string => `version = 2
root = "${place('containerd')}"
state = "/run/portcullis-containerd"
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${BUSYBOX}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plugins}"
    conf_dir = "${place('cni')}"
`;

const kubelet = {
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: IPV4.node,
  tlsCertFile: certificateOf('node'),
  tlsPrivateKeyFile: keyOf('node'),
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: CA },
  },
  authorization: { mode: 'Webhook' },
  clusterDomain: 'cluster.local',
  clusterDNS: [DNS_SERVICE],
  resolvConf: place('resolv.conf'),
  containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
  volumePluginDir: place('volume-plugins'),
  podLogsDir: place('pod-logs'),
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${CONTROL_GROUP}`,
  enforceNodeAllocatable: [],
  failCgroupV1: false,
  failSwapOn: false,
  // The disk is the developer's, and often nearly full.
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
};

const proxy = (ipv6: boolean): object => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  clientConnection: { kubeconfig: kubeconfigOf('proxy') },
  hostnameOverride: NODE,
  mode: 'iptables',
  clusterCIDR: families(ipv6)
    .map(({ pods }) => pods)
    .join(),
  // These are the machine's, not the namespace's.
  conntrack: { maxPerCore: 0, min: 0 },
});

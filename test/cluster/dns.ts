/** The cluster's DNS: CoreDNS in a pod, which answers for cluster.local alone. */
import { BUSYBOX, DNS_SERVICE } from './place.ts';

const meta = { name: 'coredns', namespace: 'kube-system' };
const labels = { 'k8s-app': 'kube-dns' };

const COREFILE = `.:53 {
  errors
  health
  kubernetes cluster.local
  cache 5
}
`;

export const DNS_POD = 'pod/coredns';

/** @param programs the folder with Kubernetes' programs: too large to put into an image each time. */
export const dnsObjects = (programs: string): readonly object[] => [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { Corefile: COREFILE } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: meta.name },
    rules: [
      { apiGroups: [''], resources: ['services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: meta.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: meta.name },
    subjects: [{ kind: 'ServiceAccount', ...meta }],
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta, labels },
    spec: {
      serviceAccountName: meta.name,
      dnsPolicy: 'Default',
      containers: [
        {
          name: 'coredns',
          image: BUSYBOX,
          imagePullPolicy: 'Never',
          command: ['/programs/coredns', '-conf', '/etc/coredns/Corefile'],
          readinessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 1 },
          volumeMounts: [
            { name: 'programs', mountPath: '/programs', readOnly: true },
            { name: 'configuration', mountPath: '/etc/coredns' },
          ],
        },
      ],
      volumes: [
        { name: 'programs', hostPath: { path: programs } },
        { name: 'configuration', configMap: { name: meta.name } },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: meta.namespace },
    spec: {
      clusterIP: DNS_SERVICE,
      ipFamilyPolicy: 'PreferDualStack',
      selector: labels,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  },
];

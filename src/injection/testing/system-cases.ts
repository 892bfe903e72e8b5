/** Pods that run on Windows, or cannot find the control plane, next to such as do not, or can. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { RefusalCase } from './mesh-cases.ts';
import { pod, SETTINGS, web } from './pods.ts';

const affinity = (...terms: readonly (readonly JsonObject[])[]): JsonObject => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
      },
    },
  },
});
const on = (operator: string, ...values: readonly string[]): JsonObject => ({
  key: 'kubernetes.io/os',
  operator,
  values,
});
const zone: JsonObject = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['a'] };
const windows = on('In', 'windows');
const build: JsonObject = { key: 'node.kubernetes.io/windows-build', operator: 'Exists' };

export const SYSTEM_CASES: readonly RefusalCase[] = [
  [
    { nodeSelector: { 'beta.kubernetes.io/os': 'windows' } },
    { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
  ],
  [
    { nodeSelector: { 'node.kubernetes.io/windows-build': '10.0.20348' } },
    { nodeSelector: { os: 'windows' } },
  ],
  [affinity([windows]), affinity([on('In', 'linux')])],
  [affinity([zone, windows]), affinity([zone])],
  [
    affinity([windows, zone], [{ ...windows, key: 'beta.kubernetes.io/os' }]),
    affinity([windows], [on('In', 'linux')]),
  ],
  [affinity([on('NotIn', 'linux')]), affinity([on('NotIn', 'windows')])],
  [affinity([build]), affinity([{ ...build, operator: 'DoesNotExist' }])],
  [affinity([windows, zone]), affinity([on('In', 'windows', 'linux')])],
  [affinity([windows], []), affinity([windows], [zone])],
  [
    affinity([windows]),
    {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [windows] } },
          ],
        },
      },
    },
  ],
  [
    { containers: [web({ securityContext: { windowsOptions: { hostProcess: true } } })] },
    { containers: [web({ securityContext: { windowsOptions: null } })] },
  ],
  [
    {
      initContainers: [
        { name: 'i', image: 'i', securityContext: { windowsOptions: { runAsUserName: 'a' } } },
      ],
    },
    { initContainers: [{ name: 'i', image: 'i', securityContext: {} }] },
  ],
  [{ runtimeClassName: 'windows-2022' }, { runtimeClassName: 'kata' }],
  [{ runtimeClassName: 'runhcs-wcow-process' }, { runtimeClassName: 'runhcs-lcow' }],
].map(([bad, good]) => ({ bad: pod(bad), good: pod(good) }));

const HOST = 'portcullis-policy.portcullis-system.svc';
const none = (nameservers: JsonValue, ...searches: readonly string[]): JsonObject => ({
  dnsPolicy: 'None',
  dnsConfig: { nameservers, searches },
});
const by = (controlPlane: string): Pick<RefusalCase, 'goodRest'> => ({
  goodRest: { settings: { ...SETTINGS, controlPlane } },
});

export const RESOLVING_CASES: readonly RefusalCase[] = [
  { bad: pod({ dnsPolicy: 'Default' }), good: pod({ dnsPolicy: 'ClusterFirst' }) },
  { bad: pod({ dnsPolicy: 'None' }), good: pod({ dnsPolicy: 'ClusterFirstWithHostNet' }) },
  { bad: pod(none(['8.8.8.8'])), good: pod(none(['10.96.0.10'], 'cluster.local')) },
  { bad: pod(none([], 'cluster.local')), good: pod(none(['10.96.0.10'], 'cluster.local.')) },
  {
    bad: pod(none(['10.1.1.1'], 'corp.example')),
    good: pod(none(['10.1.1.1'], 'shop.svc.k8s.example', 'svc.k8s.example', 'k8s.example')),
  },
  {
    bad: pod({
      dnsPolicy: 'Default',
      dnsConfig: { nameservers: ['10.96.0.10'], searches: ['cluster.local'] },
    }),
    good: pod({ dnsPolicy: 'Default', hostAliases: [{ ip: '10.96.0.7', hostnames: [HOST] }] }),
  },
  {
    bad: pod({ dnsPolicy: 'Default', hostAliases: [{ ip: '10.96.0.7', hostnames: ['other'] }] }),
    good: pod({ dnsPolicy: 'Default' }),
    ...by('https://portcullis.example.com'),
  },
  { bad: pod({ dnsPolicy: 'Default' }), good: pod({ dnsPolicy: 'None' }), ...by('https://[fd00::7]:8443') },
  { bad: pod({ dnsPolicy: 'Default' }), good: pod({ dnsPolicy: 'Default' }), ...by('https://10.96.0.7') },
];

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { StoredNamespace } from '../../cluster/objects.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { keptPod, raw } from '../../cluster/testing/objects.ts';
import { readNamespace } from '../../cluster/workloads.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import { isKubernetesObject, type KubernetesObject } from '../../kubernetes/object.ts';
import type { CheckLine } from './line.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkNetwork, type NetworkPod } from './network.ts';
import { checkImages, checkSidecars, imageProblemOf } from './sidecars.ts';

const told = ({ mark, said }: CheckLine): string => `${mark}: ${said}`;

function objectOf(value: JsonObject): KubernetesObject {
  if (!isKubernetesObject(value)) throw new Error('no object');
  return value;
}

describe('namespaces', () => {
  const namespace = (name: string, labels: JsonObject, annotations: JsonObject = {}): StoredNamespace => {
    const read = readNamespace(raw(name, {}, { labels, annotations }), createSharing());
    if (read === undefined) throw new Error('no namespace');
    return read;
  };
  const ENABLED = { 'portcullis.dev/injection': 'enabled' };
  const RESTRICTED = { ...ENABLED, 'pod-security.kubernetes.io/enforce': 'restricted' };
  it.each<readonly [string, readonly StoredNamespace[], readonly RegExp[]]>([
    [
      'with injection',
      [namespace('a', ENABLED), namespace('b', {})],
      [/^well: 1 namespace with injection: a$/],
    ],
    ['without', [namespace('b', {})], [/^doubtful: none is labelled/]],
    [
      'with another word',
      [
        namespace('a', ENABLED),
        namespace('b', { 'portcullis.dev/injection': 'true' }),
        namespace('c', { 'portcullis.dev/injection': 'disabled' }),
      ],
      [/^well/, /^doubtful: b \(true\): that value of portcullis.dev\/injection means nothing/],
    ],
    [
      'with a Pod Security level that forbids capture',
      [namespace('a', RESTRICTED)],
      [/^well/, /^doubtful: a \(restricted\): that Pod Security level forbids capture Redirect/],
    ],
    [
      'with such a level, and another way',
      [namespace('a', RESTRICTED, { 'portcullis.dev/capture': 'NamedPort' })],
      [/^well/],
    ],
    [
      'with a way that is none',
      [namespace('a', ENABLED, { 'portcullis.dev/capture': 'Rediret' })],
      [/^well/, /^bad: a \(Rediret\): that is no way of capture/],
    ],
  ])('%s', (_, namespaces, expected) => {
    const lines = checkNamespaces(ok(namespaces)).map(told);
    expect(lines).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(lines[index]).toMatch(pattern);
  });
});

describe('NetworkPolicies', () => {
  const pod = (id: string, labels: Readonly<Record<string, string>>, address: string): NetworkPod => {
    const [namespace = ''] = id.split('/');
    const namespaceLabels = { 'kubernetes.io/metadata.name': namespace };
    return { id, namespace, labels, namespaceLabels, addresses: [address], ports: { policy: 9444 } };
  };
  const validator = pod('shop/orders-1', { app: 'orders' }, '10.1.0.5');
  const operator = pod('portcullis-system/op-1', { component: 'operator' }, '10.2.0.7');
  const policy = (id: string, spec: JsonObject) => objectOf(raw(id, { spec }));
  const leaving = (egress: readonly JsonObject[], podSelector: JsonObject = {}) =>
    policy('shop/out', { podSelector, policyTypes: ['Egress'], egress });
  const arriving = (ingress: readonly JsonObject[]) =>
    policy('portcullis-system/in', { podSelector: { matchLabels: { component: 'operator' } }, ingress });
  const home = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'portcullis-system' } } };

  it.each<readonly [string, readonly KubernetesObject[], 'well' | RegExp]>([
    ['none', [], 'well'],
    [
      'that let nothing out',
      [leaving([])],
      /^bad: Pod shop\/orders-1 \(egress of shop\/out\): no way to the leader/,
    ],
    ['of other pods', [leaving([], { matchLabels: { app: 'other' } })], 'well'],
    [
      'of what comes in',
      [policy('shop/in', { podSelector: {}, policyTypes: ['Ingress'], ingress: [] })],
      'well',
    ],
    ['that let all out', [leaving([{}])], 'well'],
    ['that add up', [leaving([]), leaving([{ to: [home], ports: [{ port: 9444 }] }])], 'well'],
    ['that let out to another port', [leaving([{ to: [home], ports: [{ port: 443 }] }])], /^bad/],
    ['that let out to a range', [leaving([{ ports: [{ port: 9000, endPort: 9999 }] }])], 'well'],
    ['that let out by a name', [leaving([{ ports: [{ port: 'policy' }] }])], 'well'],
    ['that let out UDP alone', [leaving([{ ports: [{ port: 9444, protocol: 'UDP' }] }])], /^bad/],
    ['that let out to their own namespace', [leaving([{ to: [{ podSelector: {} }] }])], /^bad/],
    [
      'that let out to other pods there',
      [leaving([{ to: [{ ...home, podSelector: { matchLabels: { component: 'x' } } }] }])],
      /^bad/,
    ],
    ['that let out to addresses', [leaving([{ to: [{ ipBlock: { cidr: '10.2.0.0/16' } }] }])], 'well'],
    [
      'that let out to addresses, but not to this',
      [leaving([{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.2.0.0/24'] } }] }])],
      /^bad/,
    ],
    [
      'of egress by their rules alone',
      [policy('shop/out', { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] })],
      /^bad/,
    ],
    [
      'that let nobody in at the operator',
      [arriving([{ ports: [{ port: 9443 }] }])],
      /^bad: .*ingress of portcullis-system\/in/,
    ],
    [
      'that let the namespace in',
      [arriving([{ ports: [{ port: 9444 }], from: [{ namespaceSelector: {} }] }])],
      'well',
    ],
  ])('%s', (_, policies, expected) => {
    const line = told(checkNetwork(ok(policies), ok([validator]), [operator]));
    if (expected === 'well') expect(line).toBe('well: none keeps 1 validator from the leader');
    else expect(line).toMatch(expected);
  });

  it('that may not be read', () => {
    expect(told(checkNetwork(failed('Forbidden', 'no'), ok([validator]), [operator]))).toMatch(
      /^unknown: cannot list networkpolicies in all namespaces: forbidden/,
    );
  });
});

describe('sidecars', () => {
  const settings = {
    version: '1.0.0',
    image: undefined,
    envoyImage: undefined,
    webhookConfiguration: 'portcullis',
  };
  const seen = (version: string) => ({
    pod: keptPod(`shop/o-${version}`, { version }),
    imageProblem: undefined,
  });

  it('of the version, of another, and of one that is not known', () => {
    expect(told(checkSidecars(ok([seen('1.0.0')]), settings))).toBe(
      'well: 1 pod with those of version 1.0.0',
    );
    expect(told(checkSidecars(ok([seen('1.0.0'), seen('0.9.0')]), settings))).toBe(
      'doubtful: 1 of 2 pods with sidecars of another version than 1.0.0: Pod shop/o-0.9.0 (0.9.0)',
    );
    expect(told(checkSidecars(ok([]), { ...settings, version: undefined }))).toMatch(/^unknown/);
  });

  it('of other images', () => {
    const image = (name: string) => ({
      name: `portcullis-${name}`,
      image: `r/${name}:1`,
      restartPolicy: 'Always',
    });
    const pod = keptPod('shop/o', { spec: { initContainers: [image('validator'), image('envoy')] } });
    const line = (validator: string) =>
      told(
        checkSidecars(ok([{ pod, imageProblem: undefined }]), {
          ...settings,
          image: validator,
          envoyImage: 'r/envoy:1',
        }),
      );
    expect(line('r/validator:1')).toMatch(/^well/);
    expect(line('r/validator:2')).toMatch(/^doubtful: 1 of 1 pod with other images/);
  });

  it('whose image cannot be had', () => {
    const waiting = (name: string, reason: string) =>
      objectOf(
        raw('shop/o', {
          status: { initContainerStatuses: [{ name, image: 'r/x:1', state: { waiting: { reason } } }] },
        }),
      );
    expect(imageProblemOf(waiting('portcullis-envoy', 'ImagePullBackOff'), false)).toBe(
      'r/x:1: ImagePullBackOff',
    );
    expect(imageProblemOf(waiting('portcullis-envoy', 'PodInitializing'), false)).toBeUndefined();
    expect(imageProblemOf(waiting('app', 'ImagePullBackOff'), false)).toBeUndefined();
    expect(imageProblemOf(waiting('operator', 'ErrImagePull'), true)).toBe('r/x:1: ErrImagePull');
    const lacking = { ...seen('1.0.0'), imageProblem: 'r/x:1: ErrImagePull' };
    expect(told(checkImages(ok([lacking]), []))).toBe(
      'bad: Pod shop/o-1.0.0 (r/x:1: ErrImagePull): the image cannot be had',
    );
    expect(told(checkImages(ok([seen('1.0.0')]), []))).toMatch(/^well/);
  });
});

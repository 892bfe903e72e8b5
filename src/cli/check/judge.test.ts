import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { checkCrds } from './crds.ts';
import { checkNothingThere, checkPermissions, permissionsToInstall } from './install.ts';
import { checkNodes, checkVersion } from './kubernetes.ts';
import type { CheckLine } from './line.ts';
import { checkLeader, checkOperator, checkPolicyService, readOperatorSettings } from './operator.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z') / 1000;
const HOME = 'portcullis-system';

const object = (rest: JsonObject, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  metadata: { name: 'x', uid: 'u', resourceVersion: '1', labels },
  ...rest,
});
const gone = failed('NotFound', 'it is not there');
const forbidden = failed('Forbidden', 'no');

const told = ({ mark, said, remedy = '' }: CheckLine): string => `${mark}: ${said} ${remedy}`;

describe('Kubernetes', () => {
  it.each([
    ['v1.31.0', /^well: v1.31.0/],
    ['v1.37.2+k3s1', /^well/],
    ['v2.0.0', /^well/],
    ['v1.30.9', /^bad: is v1.30.9, and must be 1.31 or newer/],
    ['main', /^doubtful/],
  ])('of version %s', (gitVersion, expected) => {
    expect(told(checkVersion(ok({ gitVersion })))).toMatch(expected);
  });

  const node = (kernelVersion: string, operatingSystem = 'linux') =>
    object({ status: { nodeInfo: { kernelVersion, operatingSystem } } });
  it.each<readonly [string, readonly KubernetesObject[], RegExp]>([
    ['new kernels', [node('6.12.1-amd64'), node('5.2.0')], /^well: 2 Linux nodes/],
    ['an old one', [node('6.12.1'), node('4.18.0-553.el8')], /^bad: x \(4.18.0-553.el8\)/],
    [
      'another system beside',
      [node('6.1.0'), node('10.0.20348', 'windows')],
      /^well: 1 Linux node; pods on 1 of another/,
    ],
    ['none of Linux', [node('10.0.20348', 'windows')], /^bad: there is none that runs Linux/],
  ])('on nodes: %s', (_, nodes, expected) => {
    expect(told(checkNodes(ok(nodes)))).toMatch(expected);
  });
});

describe('the CRDs', () => {
  const crd = (version: string, more: JsonObject = {}): Outcome<JsonValue> =>
    ok({
      metadata: { labels: { 'app.kubernetes.io/version': version } },
      spec: { versions: [{ name: 'v1alpha1', served: true }] },
      status: { conditions: [{ type: 'Established', status: 'True' }] },
      ...more,
    });
  const line = (...crds: readonly Outcome<JsonValue>[]) =>
    told(
      checkCrds(
        crds.map((one, index) => ({ name: `crd-${index}`, object: one })),
        '1.0.0',
      ),
    );
  it.each([
    ['of the operator', [crd('1.0.0'), crd('1.0.0')], /^well: are there, of version 1.0.0/],
    [
      'of another version',
      [crd('1.0.0'), crd('0.9.0')],
      /^doubtful: are of version 0.9.0, and the operator of 1.0.0/,
    ],
    ['one of which is missing', [crd('1.0.0'), gone], /^bad: crd-1 is not there/],
    ['that may not be read', [forbidden, crd('1.0.0')], /^unknown: cannot get the CRD crd-0: forbidden/],
    ['that are not established', [crd('1.0.0', { status: {} })], /^bad: crd-0 is not established/],
    [
      'of an old API',
      [crd('1.0.0', { spec: { versions: [{ name: 'v1alpha0', served: true }] } })],
      /^bad: crd-0 does not serve/,
    ],
  ])('%s', (_, crds, expected) => {
    expect(line(...crds)).toMatch(expected);
  });
});

describe('the operator', () => {
  const deployment = (status: JsonObject, args: readonly string[] = []) =>
    ok(
      object({
        spec: {
          replicas: 2,
          template: {
            metadata: { labels: { 'app.kubernetes.io/version': '1.0.0' } },
            spec: { containers: [{ args: ['operator', ...args] }] },
          },
        },
        status,
      }),
    );
  it.each([
    [
      'runs',
      deployment({ readyReplicas: 2, updatedReplicas: 2 }),
      /^well: 2 of 2 replicas ready, version 1.0.0/,
    ],
    ['runs by one replica', deployment({ readyReplicas: 1, updatedReplicas: 2 }), /^doubtful: 1 of 2/],
    ['is being upgraded', deployment({ readyReplicas: 2, updatedReplicas: 1 }), /^doubtful/],
    ['does not run', deployment({}), /^bad: 0 of 2 replicas ready/],
    ['is not there', gone, /^bad: there is no Deployment portcullis-system\/portcullis-operator/],
    ['is not to be seen', forbidden, /^unknown/],
  ])('%s', (_, seen, expected) => {
    expect(told(checkOperator(seen, HOME))).toMatch(expected);
  });

  it('says by its command line what sidecars are made of', () => {
    const args = [
      '--image=r/portcullis:1',
      '--envoy-image=r/envoy:2',
      '--webhook-configuration=portcullis-x',
    ];
    expect(readOperatorSettings(deployment({}, args))).toEqual({
      version: '1.0.0',
      image: 'r/portcullis:1',
      envoyImage: 'r/envoy:2',
      webhookConfiguration: 'portcullis-x',
    });
    expect(readOperatorSettings(gone)).toMatchObject({
      version: undefined,
      webhookConfiguration: 'portcullis',
    });
  });

  const lease = (holderIdentity: string, renewed: number) =>
    ok(
      object({
        spec: {
          holderIdentity,
          leaseDurationSeconds: 15,
          renewTime: new Date((NOW + renewed) * 1000).toISOString(),
        },
      }),
    );
  it.each<readonly [string, Outcome<KubernetesObject>, RegExp]>([
    ['leads', lease('a', -3), /^well: a $/],
    ['leads, by a clock a little off', lease('a', 4), /^well: a $/],
    [
      'leads, by a clock that is off',
      lease('a', 60),
      /^well: a .*doubtful: the leader's clock is 60 s before yours/,
    ],
    ['has led', lease('a', -120), /^bad: no replica has led for 120 seconds/],
    ['has given up', lease('', -1), /^bad: no replica has led for 1 second:/],
    ['never led', gone, /^bad: no replica has ever led/],
  ])('%s', (_, seen, expected) => {
    expect(checkLeader(seen, HOME, NOW).map(told).join(' ')).toMatch(expected);
  });

  it.each<readonly [string, Outcome<KubernetesObject>, RegExp]>([
    ['is found', ok(object({ endpoints: [{ addresses: ['10.0.0.1'] }] })), /^well: leads to 10.0.0.1/],
    ['is not found', ok(object({ endpoints: null })), /^bad: leads nowhere/],
    ['was never published', gone, /^bad: leads nowhere/],
  ])('%s by validators', (_, slice, expected) => {
    expect(told(checkPolicyService(slice, HOME))).toMatch(expected);
  });
});

describe('before the install', () => {
  const answers = (allowed: (resource: string) => boolean) =>
    permissionsToInstall(HOME).map((permission) => ({
      permission,
      answer: ok({ status: { allowed: allowed(permission.resource) } }),
    }));
  it('asks for what the chart makes', () => {
    expect(told(checkPermissions(answers(() => true)))).toMatch(/^well/);
    expect(told(checkPermissions(answers((resource) => resource !== 'secrets')))).toMatch(
      /^bad: you may not create secrets in namespace portcullis-system/,
    );
    expect(told(checkPermissions(answers((resource) => !resource.startsWith('cluster'))))).toMatch(
      /^bad: you may not create clusterrolebindings, clusterroles /,
    );
  });

  it('looks for another operator', () => {
    expect(told(checkNothingThere(gone, HOME))).toMatch(/^well/);
    expect(told(checkNothingThere(ok(object({})), HOME))).toMatch(/^doubtful/);
    expect(told(checkNothingThere(forbidden, HOME))).toMatch(/^unknown/);
  });
});

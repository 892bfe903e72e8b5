import { describe, expect, it } from 'vitest';
import { ENVOY_IMAGE } from '../injection/images.ts';
import { UsageError } from '../process/start-error.ts';
import { VERSION } from '../telemetry/version.ts';
import { OPERATOR_HELP, podAddress, readOperatorOptions, sidecarSettings } from './options.ts';

function optionsOf(...args: readonly string[]) {
  const line = readOperatorOptions(args);
  if (line.kind !== 'run') throw new Error('it does not run');
  return line.options;
}

function problemOf(...args: readonly string[]): string {
  try {
    readOperatorOptions(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return '';
}

it('has a default for everything', () => {
  expect(optionsOf()).toMatchObject({
    namespace: undefined,
    watched: undefined,
    webhook: { host: '0.0.0.0', port: 9443 },
    policy: { host: '0.0.0.0', port: 9444 },
    admin: { kind: 'tcp', host: '0.0.0.0', port: 9445 },
    webhookService: 'portcullis-webhook',
    policyService: 'portcullis-policy',
    webhookConfiguration: 'portcullis',
    providedCertificates: false,
    allowInsecureHttp: false,
  });
});

it('reads lists with spaces', () => {
  expect(optionsOf('--watch-namespaces', ' shop, bank,').watched).toEqual(['shop', 'bank']);
});

it('denies nothing when told so', () => {
  expect(optionsOf('--fetch-deny-cidrs', '').deny).not.toEqual(optionsOf().deny);
});

it('may be told that others make its certificate', () => {
  expect(optionsOf('--provided-certificates').providedCertificates).toBe(true);
});

it('may be told whose validators need certificates', () => {
  expect(optionsOf().gatewayServices).toEqual([]);
  expect(optionsOf('--gateway-service', 'edge/public', '--gateway-service=auth/b').gatewayServices).toEqual([
    { namespace: 'edge', name: 'public' },
    { namespace: 'auth', name: 'b' },
  ]);
});

it('may have its pages on a socket', () => {
  expect(optionsOf('--admin', 'unix:/tmp/x.sock').admin).toEqual({ kind: 'unix', path: '/tmp/x.sock' });
});

it.each([
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['--version'], 'version'],
])('%j is %s', (args, kind) => {
  expect(readOperatorOptions(args)).toEqual({ kind });
});

describe('usage errors', () => {
  it.each([
    [['--nonsense'], /--nonsense.* See portcullis operator --help\./],
    [['shop'], /See portcullis operator --help\./],
    [['--namespace'], /--namespace.*See portcullis operator --help\./],
    [['--namespace', 'No Name'], /--namespace is not a name of Kubernetes: "No Name"/],
    [['--namespace', ''], /--namespace is not a name/],
    [['--platform', 'openshift'], /--platform is Kubernetes or OpenShift, not "openshift"/],
    [['--watch-namespaces', ' , '], /--watch-namespaces names no namespace/],
    [['--watch-namespaces', 'shop,BANK'], /--watch-namespaces is not a name of Kubernetes: "BANK"/],
    [['--webhook-service', '-x'], /--webhook-service/],
    [['--policy-service', 'x/y'], /--policy-service is not a name/],
    [['--webhook-configuration', 'ä'], /--webhook-configuration is not a name/],
    [['--webhook', 'unix:/x'], /--webhook must be host:port/],
    [['--policy', 'unix:/x'], /--policy must be host:port/],
    [['--policy', 'off'], /--policy cannot be off/],
    [['--admin', 'off'], /--admin cannot be off/],
    [['--admin', 'localhost'], /--admin /],
    [['--webhook', ':99999'], /--webhook /],
    [['--fetch-deny-cidrs', '10.0.0.0/99'], /--fetch-deny-cidrs: /],
    [['--allow-insecure-http=yes'], /--allow-insecure-http/],
    [['--gateway-service', 'public'], /--gateway-service must be NAMESPACE\/NAME, not "public"/],
    [['--gateway-service', 'a/b', '--provided-certificates'], /--gateway-service goes without/],
    [['--image', ''], /--image is not the name of an image: ""/],
    [['--envoy-image', 'a b'], /--envoy-image is not the name of an image: "a b"/],
    [['--image-pull-policy', 'never'], /--image-pull-policy is Always, IfNotPresent, Never, not "never"/],
    [['--image-pull-secret', 'a,b'], /--image-pull-secret is not a name/],
    [['--control-plane', 'http://p.example'], /--control-plane must be https:\/\/ for p\.example/],
  ])('%j', (args, problem) => {
    expect(problemOf(...args)).toMatch(problem);
    expect(problemOf(...args)).not.toMatch(/\n/);
  });
});

describe('what injected pods are given', () => {
  const settingsOf = (...args: readonly string[]) => sidecarSettings(optionsOf(...args), 'auth');

  it('has the defaults of portcullis inject, and the policy Service of its namespace', () => {
    expect(settingsOf()).toEqual({
      version: VERSION,
      image: `portcullis:${VERSION}`,
      envoyImage: ENVOY_IMAGE,
      imagePullPolicy: undefined,
      imagePullSecrets: [],
      platform: 'Kubernetes',
      controlPlane: 'https://portcullis-policy.auth.svc',
    });
    expect(settingsOf('--policy-service', 'p').controlPlane).toBe('https://p.auth.svc');
  });

  it('is what the flags say', () => {
    const secrets = ['--image-pull-secret', 'a', '--image-pull-secret', 'b'];
    const images = ['--image', 'r.example/p@sha256:1', '--envoy-image', 'r.example/e:1'];
    const rest = [
      '--image-pull-policy',
      'Never',
      '--control-plane',
      'https://p.example:8443',
      '--platform=OpenShift',
    ];
    expect(settingsOf(...images, ...secrets, ...rest)).toEqual({
      version: VERSION,
      image: 'r.example/p@sha256:1',
      envoyImage: 'r.example/e:1',
      imagePullPolicy: 'Never',
      imagePullSecrets: ['a', 'b'],
      platform: 'OpenShift',
      controlPlane: 'https://p.example:8443',
    });
  });
});

it('explains every flag', () => {
  const sidecars = [
    'image',
    'envoy-image',
    'image-pull-policy',
    'image-pull-secret',
    'control-plane',
    'platform',
  ];
  const others = ['namespace', 'watch-namespaces', 'webhook', 'policy', 'admin', 'allow-insecure-http'];
  for (const flag of [...sidecars, ...others]) {
    expect(OPERATOR_HELP).toContain(`--${flag}`);
  }
});

it.each([undefined, '', 'localhost', '10.0.0.256'])(
  'POD_IP %j is no address to send validators to',
  (POD_IP) => {
    expect(() => podAddress({ POD_IP })).toThrow(/POD_IP must be the address of this pod/);
  },
);

it.each(['10.0.0.1', 'fd00::1'])('POD_IP %s is one', (POD_IP) => {
  expect(podAddress({ POD_IP })).toBe(POD_IP);
});

import { describe, expect, it } from 'vitest';
import { UsageError } from '../process/start-error.ts';
import { OPERATOR_HELP, podAddress, readOptions } from './options.ts';

function optionsOf(...args: readonly string[]) {
  const line = readOptions(args);
  if (line.kind !== 'run') throw new Error('it does not run');
  return line.options;
}

function problemOf(...args: readonly string[]): string {
  try {
    readOptions(args);
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
    allowInsecureHttp: false,
  });
});

it('reads lists with spaces', () => {
  expect(optionsOf('--watch-namespaces', ' shop, bank,').watched).toEqual(['shop', 'bank']);
});

it('denies nothing when told so', () => {
  expect(optionsOf('--fetch-deny-cidrs', '').deny).not.toEqual(optionsOf().deny);
});

it('may have its pages on a socket', () => {
  expect(optionsOf('--admin', 'unix:/tmp/x.sock').admin).toEqual({ kind: 'unix', path: '/tmp/x.sock' });
});

it.each([
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['--version'], 'version'],
])('%j is %s', (args, kind) => {
  expect(readOptions(args)).toEqual({ kind });
});

describe('usage errors', () => {
  it.each([
    [['--nonsense'], /--nonsense.* See portcullis operator --help\./],
    [['shop'], /See portcullis operator --help\./],
    [['--namespace'], /--namespace.*See portcullis operator --help\./],
    [['--namespace', 'No Name'], /--namespace is not a name of Kubernetes: "No Name"/],
    [['--namespace', ''], /--namespace is not a name/],
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
  ])('%j', (args, problem) => {
    expect(problemOf(...args)).toMatch(problem);
    expect(problemOf(...args)).not.toMatch(/\n/);
  });
});

it('explains every flag', () => {
  for (const flag of ['namespace', 'watch-namespaces', 'webhook', 'policy', 'admin', 'allow-insecure-http']) {
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

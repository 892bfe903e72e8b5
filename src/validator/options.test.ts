import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../process/start-error.ts';
import { readValidatorOptions } from './options.ts';
import { proxyRule } from './proxies.ts';

it('only the folder must be named', () => {
  expect(readValidatorOptions(['--manifests', 'm'])).toEqual({
    kind: 'run',
    options: {
      feed: { kind: 'manifests', folder: 'm' },
      http: { kind: 'tcp', host: '127.0.0.1', port: 9001 },
      grpc: { kind: 'tcp', host: '127.0.0.1', port: 9002 },
      tls: undefined,
      forwardAuthFrom: expect.any(BlockList),
      admin: { kind: 'tcp', host: '127.0.0.1', port: 9003 },
      probes: { kind: 'off' },
      allowInsecureHttp: false,
      fetchDenyCidrs: undefined,
    },
  });
});

it('every flag is taken', () => {
  const args = [
    ...['--manifests=m', '--http', 'unix:/run/a.sock', '--grpc', 'off', '--admin', '[::1]:0'],
    ...['--probes', '0.0.0.0:15904', '--allow-insecure-http', '--fetch-deny-cidrs', '10.0.0.0/8, fd00::/8,'],
  ];
  expect(readValidatorOptions(args)).toEqual({
    kind: 'run',
    options: {
      feed: { kind: 'manifests', folder: 'm' },
      http: { kind: 'unix', path: '/run/a.sock' },
      grpc: { kind: 'off' },
      tls: undefined,
      forwardAuthFrom: expect.any(BlockList),
      admin: { kind: 'tcp', host: '::1', port: 0 },
      probes: { kind: 'tcp', host: '0.0.0.0', port: 15904 },
      allowInsecureHttp: true,
      fetchDenyCidrs: ['10.0.0.0/8', 'fd00::/8'],
    },
  });
});

describe('who may ask about other requests than its own', () => {
  const may = (address: string | undefined, ...flags: string[]): boolean => {
    const line = readValidatorOptions(['--manifests=m', ...flags]);
    if (line.kind !== 'run') throw new Error(line.kind);
    return proxyRule(line.options.http, line.options.forwardAuthFrom)({ remoteAddress: address });
  };
  const LIST = ['--forward-auth-from', '10.1.0.0/16, fd00::7'];
  it.each([
    ['127.0.0.1', [], true],
    ['127.9.9.9', [], true],
    ['::1', [], true],
    ['::ffff:127.0.0.1', [], true],
    ['10.1.2.3', [], false],
    ['::ffff:10.1.2.3', [], false],
    ['127.0.0.1', LIST, true],
    ['10.1.2.3', LIST, true],
    ['::ffff:10.1.2.3', LIST, true],
    ['10.2.2.3', LIST, false],
    ['fd00::7', LIST, true],
    ['fd00::8', LIST, false],
    ['fe80::1%eth0', LIST, false],
    ['fe80::1%eth0', ['--forward-auth-from', 'fe80::/10'], true],
    [undefined, LIST, false],
    [undefined, ['--http', 'unix:/run/a.sock'], true],
  ])('%s with %j: %s', (address, flags, expected) => {
    expect(may(address, ...flags)).toBe(expected);
  });
  it.each([
    [['--forward-auth-from', '10.0.0.0/33'], '--forward-auth-from: "10.0.0.0/33" is not a CIDR block'],
    [['--forward-auth-from', 'traefik'], '"traefik" is not a CIDR block'],
    [['--forward-auth-from', '10.0.0.1', '--http', 'unix:/run/a.sock'], 'for --http at host:port'],
    [['--forward-auth-from', '10.0.0.1', '--http', 'off'], 'for --http at host:port'],
  ])('%j is refused', (flags, problem) => {
    expect(() => may('10.0.0.1', ...flags)).toThrow(problem);
  });
});

it('checks at host:port may speak TLS', () => {
  const pair = ['--tls-cert', 'tls.crt', '--tls-key', 'tls.key'];
  expect(readValidatorOptions(['--manifests=m', ...pair, '--http', 'unix:/run/a.sock'])).toMatchObject({
    options: { tls: { cert: 'tls.crt', key: 'tls.key' } },
  });
});

it('a control plane may be named instead of the folder', () => {
  expect(readValidatorOptions(['--control-plane', 'https://portcullis.svc'])).toMatchObject({
    options: {
      feed: {
        kind: 'control-plane',
        url: new URL('https://portcullis.svc'),
        gateway: undefined,
        policyMaxStale: 86_400,
      },
    },
  });
  const args = [
    '--control-plane=http://127.0.0.1:1',
    '--gateway',
    'shop/edge',
    '--policy-max-stale',
    '1h30m',
  ];
  expect(readValidatorOptions(args)).toMatchObject({
    options: {
      feed: { url: new URL('http://127.0.0.1:1'), gateway: 'shop/edge', policyMaxStale: 5400 },
    },
  });
});

it('an empty list of blocks denies none', () => {
  expect(readValidatorOptions(['--manifests', 'm', '--fetch-deny-cidrs', ''])).toMatchObject({
    options: { fetchDenyCidrs: [] },
  });
});

it.each([['--help'], ['-h'], ['--help', '--manifests', 'm']])('%s asks for help', (...args) => {
  expect(readValidatorOptions(args)).toEqual({ kind: 'help' });
});

it('--version asks for the version', () => {
  expect(readValidatorOptions(['--version'])).toEqual({ kind: 'version' });
});

it.each([
  [[], '--manifests DIR is missing'],
  [['--manifests', ''], '--manifests DIR is missing'],
  [['--manifests'], "'--manifests"],
  [['--manifests', 'a', '--manifests', 'b'], '--manifests is given 2 times'],
  [['--manifests', 'm', '--http'], "'--http"],
  [['--manifests', 'm', '--http', '--grpc'], "'--http"],
  [['--manifests', 'm', '--colour'], "Unknown option '--colour'"],
  [['--manifests', 'm', '--control-plane', 'https://x'], 'exclude each other'],
  [['--manifests', 'm', '--tls-cert', 'a'], '--tls-cert FILE and --tls-key FILE go together'],
  [
    ['--manifests', 'm', '--tls-key', 'a', '--tls-cert', ''],
    '--tls-cert FILE and --tls-key FILE go together',
  ],
  [
    ['--manifests', 'm', '--tls-key', 'a', '--tls-cert', 'b', '--http', 'off', '--grpc', 'unix:/x'],
    '--tls-cert is for --http or --grpc at host:port',
  ],
  [['--manifests', '', '--control-plane', 'https://x'], 'exclude each other'],
  [['--manifests', 'm', '--gateway', 'a/b'], '--gateway goes with --control-plane alone'],
  [['--gateway', 'a/b'], '--gateway goes with --control-plane alone'],
  [['--manifests', 'm', '--policy-max-stale', '1h'], '--policy-max-stale goes with --control-plane alone'],
  [['--control-plane'], "'--control-plane"],
  [['--control-plane', ''], '--control-plane must be a URL'],
  [['--control-plane', 'http://portcullis.svc'], '--control-plane must be https://'],
  [['--control-plane', 'https://x', '--gateway', 'edge'], '--gateway must be NAMESPACE/NAME'],
  [['--control-plane', 'https://x', '--gateway', ''], '--gateway must be NAMESPACE/NAME'],
  [['--control-plane', 'https://x', '--policy-max-stale', '1d'], '--policy-max-stale must be a duration'],
  [['--control-plane', 'https://x', '--policy-max-stale', '0s'], '--policy-max-stale must be a duration'],
  [['--control-plane', 'https://x', '--policy-max-stale', ''], '--policy-max-stale must be a duration'],
  [['--manifests', 'm', '-x'], "Unknown option '-x'"],
  [['--manifests', 'm', 'extra'], "Unexpected argument 'extra'"],
  [['--manifests', 'm', '--allow-insecure-http=yes'], "'--allow-insecure-http"],
  [['--manifests', 'm', '--http', '9001'], '--http must be host:port'],
  [['--manifests', 'm', '--grpc', 'unix:x'], '--grpc needs an absolute path'],
  [['--manifests', 'm', '--admin', 'a:99999'], '--admin has a port above 65535'],
  [['--manifests', 'm', '--admin', '0.0.0.0:9003'], '--admin is for this machine alone'],
  [['--manifests', 'm', '--admin', '[::]:9003'], '--admin is for this machine alone'],
  [['--manifests', 'm', '--admin', 'validator.example:9003'], '--admin is for this machine alone'],
  [['--manifests', 'm', '--probes', 'on'], '--probes must be host:port'],
  [['--manifests', 'm', '--http', 'off', '--grpc', 'off'], 'both off'],
])('%j is refused in one line', (args, problem) => {
  const read = () => readValidatorOptions(args);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(problem);
  expect(read).toThrow(/^[^\n]+\.$/);
});

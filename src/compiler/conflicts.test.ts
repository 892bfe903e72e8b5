import { describe, expect, it } from 'vitest';
import { binding, compileManifests, manifest, source, summaries } from './compile.fixture.ts';
import type { ConflictScope } from './conflicts.ts';

const OKTA = source('shop/okta', 'issuer: "https://id.example", audiences: [a]');

/** The ids of those that lost, in the policy's order. */
function losers(manifests: readonly string[], conflicts: ConflictScope = 'ByHost'): readonly string[] {
  const { bindings } = compileManifests([OKTA, ...manifests], { conflicts });
  return [...bindings].flatMap(([id, { acceptance }]) =>
    acceptance.kind === 'refused' && acceptance.reason === 'Conflicted' ? [id] : [],
  );
}

const api = (name: string, rest = '', created?: string): string =>
  binding(`shop/${name}`, `sources: [{name: okta}]${rest}`, created);

describe('of two bindings', () => {
  it.each([
    [
      'with one host, the younger loses',
      api('a', ', hosts: [x.example]', '2026-02-01T00:00:00Z'),
      api('b', ', hosts: [x.example]', '2026-01-01T00:00:00Z'),
      ['shop/a'],
    ],
    [
      'of one age, the later by name loses',
      api('b', ', hosts: [x.example]'),
      api('a', ', hosts: [x.example]'),
      ['shop/b'],
    ],
    [
      'of which one has no age, that one loses',
      api('a', ', hosts: [x.example]'),
      api('b', ', hosts: [x.example]', '2026-01-01T00:00:00Z'),
      ['shop/a'],
    ],
    [
      'the younger loses, in whatever time zone its time was written',
      api('a', ', hosts: [x.example]', '2026-01-01T01:30:00+02:00'),
      api('b', ', hosts: [x.example]', '2026-01-01T00:00:00Z'),
      ['shop/b'],
    ],
    [
      'the spelling of hosts does not count',
      api('a', ', hosts: [X.Example.]'),
      api('b', ', hosts: [x.example]'),
      ['shop/b'],
    ],
    [
      'with one wildcard, one loses',
      api('a', ', hosts: ["*.example"]'),
      api('b', ', hosts: ["*.example", y.example]'),
      ['shop/b'],
    ],
    ['for any host, one loses', api('a'), api('b'), ['shop/b']],
    [
      'with a port in common, one loses',
      api('a', ', ports: [{port: 80}, {port: 81}]'),
      api('b', ', ports: [{port: 81}]'),
      ['shop/b'],
    ],
    ['a port is among any', api('a', ', ports: [{port: 80}]'), api('b'), ['shop/b']],
    ['for other ports, none loses', api('a', ', ports: [{port: 80}]'), api('b', ', ports: [{port: 81}]'), []],
    ['for other hosts, none loses', api('a', ', hosts: [x.example]'), api('b', ', hosts: [y.example]'), []],
    [
      'a host and its wildcard go together',
      api('a', ', hosts: [x.example]'),
      api('b', ', hosts: ["*.example"]'),
      [],
    ],
    ['a host and any go together', api('a', ', hosts: [x.example]'), api('b'), []],
  ] as const)('%s', (_, a, b, expected) => {
    expect(losers([a, b])).toEqual(expected);
  });

  it('the one that lost holds nothing against a third', () => {
    const manifests = [
      api('a', ', hosts: [x.example]'),
      api('b', ', hosts: [x.example, y.example]'),
      api('c', ', hosts: [y.example]'),
    ];
    expect(losers(manifests)).toEqual(['shop/b']);
  });

  it('the one that lost comes last, and refuses what nobody else decides', () => {
    const manifests = [
      api('a', ', hosts: [x.example]'),
      api('b', ', hosts: [x.example, y.example], forward: {user: X-Who}'),
      api('c', ', hosts: [y.example]'),
    ];
    const { update, findings } = compileManifests([OKTA, ...manifests]);
    expect(update.policy.bindings.map(({ id, judgement }) => [id, judgement.kind])).toEqual([
      ['shop/a', 'rules'],
      ['shop/c', 'rules'],
      ['shop/b', 'invalid'],
    ]);
    // What it forwards is still taken away from clients.
    expect(update.policy.bindings[2]?.forward.user).toBe('x-who');
    expect(findings).toEqual([
      expect.objectContaining({ reason: 'Conflicted', message: expect.stringContaining('shop/a') }),
    ]);
  });

  it('of different targets, none loses where targets are compared', () => {
    const other = binding('shop/b', 'sources: [{name: okta}]');
    const same = api('c').replace('kind: Service, name: c', 'kind: Service, name: a');
    expect(losers([api('a'), other, same], 'ByTarget')).toEqual(['shop/c']);
    expect(losers([api('a'), other, same])).toEqual(['shop/b', 'shop/c']);
  });

  it('ports that were resolved elsewhere count, but not against those of the spec', () => {
    const manifests = [OKTA, api('a'), api('b'), api('c', ', ports: [{port: 82}]')];
    const ports = new Map([
      ['shop/a', [80]],
      ['shop/b', [81]],
      ['shop/c', [80]],
    ]);
    const result = compileManifests(manifests, { ports });
    expect(summaries(result)).toEqual([]);
    expect(result.update.policy.bindings.map((each) => each.ports)).toEqual([[80], [81], [82]]);
  });
});

describe('what bindings say of one port', () => {
  const spoken = (name: string, host: string, ports: string, created: string) =>
    api(name, `, hosts: [${host}], ports: [${ports}]`, created);
  const older = spoken('b', 'b.example', '{port: 8443, protocol: HTTPS}', '2026-01-01T00:00:00Z');
  const younger = (ports: string) => spoken('a', 'a.example', ports, '2026-02-01T00:00:00Z');

  it.each([
    '{port: 8443, protocol: HTTP}',
    '{port: 8443, tls: {secretName: api}}',
    '{port: 8443, protocol: HTTPS, tls: {serverName: api}}',
    '{port: 80}, {port: 8443, protocol: H2C}',
  ])('the younger loses with %s', (ports) => {
    expect(losers([older, younger(ports)])).toEqual(['shop/a']);
  });

  it.each(['{port: 8443, protocol: HTTPS}', '{port: 8443}', '{port: 8444, protocol: HTTP}'])(
    'nothing is lost with %s',
    (ports) => {
      expect(losers([older, younger(ports)])).toEqual([]);
    },
  );

  it('says so, with the port', () => {
    const { bindings } = compileManifests([OKTA, older, younger('{port: 8443, protocol: HTTP}')], {});
    expect(bindings.get('shop/a')?.acceptance).toMatchObject({
      reason: 'Conflicted',
      message: expect.stringContaining('shop/b says otherwise how port 8443 is spoken'),
    });
  });
});

describe('a Trial', () => {
  const host = ', hosts: [x.example]';
  const trial = `${host}, mode: Trial`;
  const port = (protocol: string) => `, ports: [{port: 80, protocol: ${protocol}}]`;
  const early = '2026-01-01T00:00:00Z';
  const late = '2026-02-01T00:00:00Z';

  it.each<[string, readonly string[], readonly string[]]>([
    ['shares hosts with a binding that decides', [api('a', host), api('b', trial)], []],
    ['takes none away from a younger one', [api('a', trial, early), api('b', host, late)], []],
    ['conflicts with an older Trial', [api('a', trial), api('b', trial)], ['shop/b']],
    [
      'speaks to a port as the binding that decides does, or loses, however old it is',
      [api('a', `${trial}${port('H2C')}`, early), api('b', `${host}${port('HTTP')}`, late)],
      ['shop/a'],
    ],
    [
      'may say the same of a port',
      [api('a', `${trial}${port('H2C')}`), api('b', `${host}${port('H2C')}`)],
      [],
    ],
  ])('%s', (_, manifests, expected) => {
    expect(losers(manifests)).toEqual(expected);
  });

  it('has a list of its own in the policy, where no binding decides by it', () => {
    const { update } = compileManifests([OKTA, api('a', host), api('b', trial)]);
    const ids = (bindings: readonly { id: string; mode: string }[] = []) =>
      bindings.map(({ id, mode }) => `${id} ${mode}`);
    expect(ids(update.policy.bindings)).toEqual(['shop/a Enforce']);
    expect(ids(update.policy.trials)).toEqual(['shop/b Audit']);
    expect(compileManifests([OKTA, api('a', host)]).update.policy).not.toHaveProperty('trials');
  });

  it('is warned of before it is applied, where nothing decides about its targets', () => {
    const alone = [OKTA, api('a', trial)];
    const warned = (manifests: readonly string[], scope: ConflictScope = 'ByTarget') =>
      compileManifests(manifests, { conflicts: scope }).findings.map(({ reason }) => reason);
    expect(warned(alone)).toEqual(['TrialAlone']);
    expect(warned(alone, 'ByHost')).toEqual([]);
    const onA = 'spec: {targetRefs: [{kind: Service, name: a}], sources: [{name: okta}], mode: Trial}';
    const beside = manifest('ApiBinding', 'shop/next', onA);
    expect(warned([OKTA, beside, api('a')])).toEqual([]);
    expect(warned([OKTA, beside, api('b')])).toEqual(['TrialAlone']);
  });
});

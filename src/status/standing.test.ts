import { describe, expect, it } from 'vitest';
import { type PodOptions, pod } from '../cluster/testing/objects.ts';
import type { PortOfGuard } from '../injection/request.ts';
import { spokenAs } from '../injection/spoken.ts';
import { standingOf } from './standing.ts';

function standing(options: PodOptions, ports: Readonly<Record<string, readonly number[]>>) {
  const made = pod('shop/o', options);
  if (made.kind !== 'Pod' || made.object === undefined) throw new Error('no pod');
  const guards = Object.entries(ports).map(([binding, numbers]) => ({
    binding,
    ports: numbers.map((port) => ({ port, protocol: 'HTTP' as const })),
    problem: undefined,
  }));
  return standingOf(made.object, guards, 'mine', '1.0.0');
}

const NOTHING = { uncaptured: [], untried: [], closed: [], otherVersion: false, otherProtocol: false };

it('is good where the sidecars take what bindings guard', () => {
  expect(standing({ captured: [8080, 9090] }, { mine: [8080], other: [9090] })).toEqual(NOTHING);
});

describe('ports that the binding guards', () => {
  it('and the sidecars do not take are open', () => {
    expect(standing({ captured: [8080] }, { mine: [8080, 9090] }).uncaptured).toEqual([9090]);
  });
  it('of another binding are its own business', () => {
    expect(standing({ captured: [8080] }, { mine: [8080], other: [9090] })).toEqual(NOTHING);
  });
  it('are open whatever an annotation says, which can be edited', () => {
    const annotations = { 'portcullis.dev/captured-ports': '8080' };
    expect(standing({ annotations, captured: [] }, { mine: [8080] }).uncaptured).toEqual([8080]);
  });
});

describe('ports that sidecars take, and no binding guards', () => {
  it('refuse every request', () => {
    expect(standing({ captured: [8080, 9090] }, { mine: [8080] }).closed).toEqual([9090]);
  });
  it('are judged by a binding whose ports cannot be told', () => {
    expect(standing({ captured: [8080, 9090] }, { mine: [8080], other: [] })).toEqual(NOTHING);
  });
});

it('knows another version', () => {
  expect(standing({ version: '0.9.0' }, { mine: [8080] })).toEqual({ ...NOTHING, otherVersion: true });
});

describe('how ports are spoken', () => {
  const pods = (spoken: readonly string[]) => {
    const made = pod('shop/o', { captured: [8080] });
    if (made.kind !== 'Pod' || made.object === undefined) throw new Error('no pod');
    const { sidecars } = made.object;
    return { ...made.object, sidecars: { ...sidecars, spoken } };
  };
  const says = (spoken: string, port: Partial<PortOfGuard>) => {
    const ports = [{ port: 8080, protocol: 'HTTP' as const, ...port }];
    const guards = [{ binding: 'mine', ports, problem: undefined }];
    return standingOf(pods([spoken]), guards, 'mine', '1.0.0').otherProtocol;
  };
  const HTTP = spokenAs({ protocol: 'HTTP' });
  const HTTPS = spokenAs({ protocol: 'HTTPS', tls: { secretName: 'api' } });

  it('is another than bindings say, by protocol, certificate or authority', () => {
    const tls = { secretName: 'api' };
    expect(says(HTTPS, { protocol: 'HTTPS', tls, isWritten: true })).toBe(false);
    expect(says(HTTP, { protocol: 'HTTPS', tls, isWritten: true })).toBe(true);
    expect(says(HTTPS, { protocol: 'HTTPS', isWritten: true })).toBe(true);
    expect(says(HTTPS, { protocol: 'HTTPS', tls: { secretName: 'other' }, isWritten: true })).toBe(true);
    expect(says(HTTPS, {})).toBe(true);
  });

  it('is none where names alone say something', () => {
    expect(says(HTTP, { protocol: 'TLS' })).toBe(false);
    expect(says(HTTP, { protocol: 'H2C' })).toBe(false);
  });
});

it.each<[string, PodOptions]>([
  ['without sidecars', { guarded: false }],
  [
    'with an Envoy of its own',
    { spec: { initContainers: [{ name: 'portcullis-validator', restartPolicy: 'Always' }] } },
  ],
])('says nothing of ports of a pod %s', (_, options) => {
  expect(standing(options, { mine: [8080] })).toEqual(NOTHING);
});

import { describe, expect, it } from 'vitest';
import { objectAt, objectsAt } from '../base/members.ts';
import { readPodSettings } from '../validator/pod/settings.ts';
import { inject } from './inject.ts';
import { sidecarDifferences } from './present-differences.ts';
import type { PodGuard } from './request.ts';
import {
  captured,
  container,
  guard,
  guarded,
  pod,
  request,
  SETTINGS,
  specOf,
  variable,
  web,
} from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const written = (...ports: PodGuard['ports']): PodGuard => ({
  ...guard(),
  ports: ports.map((port) => ({ ...port, isWritten: true })),
});
const TLS = { secretName: 'api', ca: { configMap: 'ca', key: 'root.pem' }, serverName: 'orders.shop.svc' };
const HTTPS = written({ port: 8080, protocol: 'HTTPS', tls: TLS });
const listeners = (value: ReturnType<typeof pod>) =>
  objectAt(variable(value, 'PORTCULLIS_ENVOY_SETTINGS')).listeners;
const volumes = (value: ReturnType<typeof pod>) =>
  objectsAt(specOf(value).volumes).filter(({ name }) => name === 'portcullis-tls');

describe('a port that a binding has TLS spoken at', () => {
  const value = guarded(pod(), { guards: [HTTPS] });

  it('is told to the validator, which understands it', () => {
    expect(listeners(value)).toEqual([{ port: 8080, protocol: 'HTTPS', tls: TLS, listener: 15_906 }]);
    const environment = Object.fromEntries(
      objectsAt(container(value, 'portcullis-validator').env).map(({ name, value: text }) => [
        name,
        typeof text === 'string' ? text : '10.0.0.1',
      ]),
    );
    const { envoy } = readPodSettings(environment);
    expect(envoy?.settings).toMatchObject({
      listeners: [{ tls: TLS }],
      tlsFolder: '/var/run/portcullis/tls',
    });
  });

  it('has its files in one volume, none of which is optional, in Envoy alone', () => {
    expect(volumes(value)).toEqual([
      {
        name: 'portcullis-tls',
        projected: {
          sources: [
            {
              secret: {
                name: 'api',
                items: [
                  { key: 'tls.crt', path: '8080/tls.crt' },
                  { key: 'tls.key', path: '8080/tls.key' },
                ],
              },
            },
            { configMap: { name: 'ca', items: [{ key: 'root.pem', path: '8080/ca.crt' }] } },
          ],
        },
      },
    ]);
    expect(container(value, 'portcullis-envoy').volumeMounts).toContainEqual({
      name: 'portcullis-tls',
      mountPath: '/var/run/portcullis/tls',
      readOnly: true,
    });
    for (const name of ['portcullis-validator', 'portcullis-capture', 'web']) {
      expect(JSON.stringify(container(value, name).volumeMounts ?? [])).not.toContain('portcullis-tls');
    }
  });

  it('needs no volume where nothing is read from one', () => {
    for (const tls of [{}, { serverName: 'orders' }]) {
      const plain = guarded(pod(), { guards: [written({ port: 8080, protocol: 'HTTPS', tls })] });
      expect(volumes(plain)).toEqual([]);
      expect(objectAt(variable(plain, 'PORTCULLIS_ENVOY_SETTINGS'))).not.toHaveProperty('tlsFolder');
    }
  });

  it.each(['Redirect', 'NamedPort'])('is known when the pod comes back, with capture %s', (mode) => {
    const made = guarded(pod({}, captured(mode)), { guards: [HTTPS] });
    expect(inject(request(made, { guards: [HTTPS] })).kind).toBe('unchanged');
    expect(inject(request(stored(made), { guards: [HTTPS], isFinal: true })).kind).toBe('unchanged');
    expect(sidecarDifferences(stored(made), SETTINGS)).toEqual([]);
    const again = inject(request(made));
    expect(again.kind === 'guarded' && again.pod).toEqual(guarded(pod({}, captured(mode))));
  });

  it('is no other pod’s: what mounts the volume, or puts another Secret into it, is refused', () => {
    const mounting = pod({
      containers: [web({ volumeMounts: [{ name: 'portcullis-tls', mountPath: '/a' }] })],
    });
    expect(inject(request(mounting, { guards: [HTTPS] }))).toMatchObject({
      refusals: [{ reason: 'NameTaken' }],
    });
    const text = JSON.stringify(value).replace('"name":"api"', '"name":"other"');
    const changed = inject(request(JSON.parse(text), { guards: [HTTPS], isFinal: true }));
    expect(changed).toMatchObject({ refusals: [{ reason: 'SidecarsChanged' }] });
    expect(sidecarDifferences(stored(JSON.parse(text)), SETTINGS)).toEqual([
      { where: 'volume portcullis-tls', field: 'projected' },
    ]);
  });

  it('may have callers speak TLS, and the app plain HTTP', () => {
    const tls = { secretName: 'api' };
    const ended = guarded(pod(), { guards: [written({ port: 8080, protocol: 'HTTP', tls })] });
    expect(listeners(ended)).toMatchObject([{ protocol: 'HTTP', tls }]);
  });
});

describe('of several bindings', () => {
  it.each<[string, readonly PodGuard[], string]>([
    [
      'the first that says what a port speaks is believed',
      [HTTPS, written({ port: 8080, protocol: 'HTTP' })],
      'HTTPS',
    ],
    ['one that says it comes before names', [guard(8080), HTTPS], 'HTTPS'],
    [
      'it does so where a name says more',
      [{ ...guard(), ports: [{ port: 8080, protocol: 'H2C' }] }, written({ port: 8080, protocol: 'HTTP' })],
      'HTTP',
    ],
    [
      'it does so where a name says TLS',
      [{ ...guard(), ports: [{ port: 8080, protocol: 'TLS' }] }, HTTPS],
      'HTTPS',
    ],
  ])('%s', (_, guards, protocol) => {
    expect(listeners(guarded(pod(), { guards }))).toMatchObject([{ protocol }]);
  });
});

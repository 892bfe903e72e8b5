import { describe, expect, it } from 'vitest';
import { listAt, objectAt } from '../base/members.ts';
import { parseCaptures } from '../sidecar/capture.ts';
import { readValidatorOptions } from '../validator/options.ts';
import {
  annotated,
  captured,
  container,
  guarded,
  HOOK_KEY,
  pod,
  SETTINGS,
  specOf,
  variable,
} from './testing/pods.ts';

describe('what the sidecars may do', () => {
  const value = guarded(
    pod({
      securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000 },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'own' }],
    }),
    { settings: { ...SETTINGS, imagePullSecrets: ['own', 'ours'], imagePullPolicy: 'Never' } },
  );

  it.each(['portcullis-validator', 'portcullis-envoy'])('%s meets the restricted standard', (name) => {
    expect(container(value, name)).toMatchObject({
      imagePullPolicy: 'Never',
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      resources: { requests: { cpu: expect.any(String) }, limits: { memory: expect.any(String) } },
    });
  });

  it.each(['Redirect', 'None'])('starts a validator whose command line it takes, with capture %s', (mode) => {
    const [name, ...args] = listAt(container(guarded(pod({}, captured(mode))), 'portcullis-validator').args);
    expect(name).toBe('validator');
    expect(readValidatorOptions(args.map(String))).toMatchObject({
      kind: 'run',
      options: { feed: { kind: 'control-plane' }, probes: { kind: 'tcp', host: '::', port: 15_904 } },
    });
  });

  it('gives capture a command line that it takes', () => {
    const [name, ...pairs] = listAt(container(value, 'portcullis-capture').args);
    expect(name).toBe('capture');
    expect(parseCaptures(pairs.map(String))).toEqual({
      kind: 'captures',
      captures: [{ port: 8080, listener: 15_906 }],
    });
  });

  it('has Envoy send clients elsewhere as soon as the pod is to end', () => {
    expect(container(value, 'portcullis-envoy').lifecycle).toEqual({
      preStop: {
        httpGet: {
          path: '/drain',
          port: 15_904,
          scheme: 'HTTP',
          httpHeaders: [{ name: 'x-portcullis-hook', value: HOOK_KEY }],
        },
      },
    });
    expect(container(value, 'portcullis-validator')).not.toHaveProperty('lifecycle');
  });

  it('runs them as different users', () => {
    const [validator, envoy] = ['portcullis-validator', 'portcullis-envoy'].map(
      (name) => objectAt(container(value, name).securityContext).runAsUser,
    );
    expect(validator).not.toBe(envoy);
  });

  it('gives capture NET_ADMIN and nothing else, whatever the pod says of its users', () => {
    expect(container(value, 'portcullis-capture').securityContext).toMatchObject({
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
      runAsUser: 0,
      runAsNonRoot: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
  });

  it("keeps the pod's own settings, and adds what our images need", () => {
    expect(specOf(value)).toMatchObject({
      securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000 },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'own' }, { name: 'ours' }],
    });
  });

  it('takes requests and limits from annotations; a default gives way to them', () => {
    const annotations = annotated({
      'portcullis.dev/envoy-memory-limit': '1Gi',
      'portcullis.dev/validator-memory-limit': '48Mi',
      'portcullis.dev/validator-cpu-request': '3',
    });
    const sized = guarded(pod({}, annotations));
    expect(container(sized, 'portcullis-validator').resources).toEqual({
      requests: { cpu: '3', memory: '48Mi' },
      limits: { cpu: '3', memory: '48Mi' },
    });
    expect(objectAt(variable(sized, 'PORTCULLIS_ENVOY_SETTINGS')).maxHeapBytes).toBe(
      Math.floor(2 ** 30 * 0.8),
    );
  });
});

/** Certificates of gateways' validators: who makes them, with which rights, and how they get there. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { SHARED_SERVICE, serviceNamed } from '../../src/gateways/service.ts';
import { gatewaySecret, serviceNames } from '../../src/operator/certificates/names.ts';
import { readOperatorOptions } from '../../src/operator/options.ts';
import { readValidatorOptions } from '../../src/validator/options.ts';
import { operatorRules } from './rbac.ts';
import { at, HOME, type Rendered, render, template } from './render.ts';

const edge = { gateway: 'edge/public' };
const there = { ...edge, name: 'public', namespace: 'edge' };
const SECRET = gatewaySecret(SHARED_SERVICE.name);
const BY_CERT_MANAGER = { source: 'CertManager' };
const BY_CLUSTER_ISSUER = {
  ...BY_CERT_MANAGER,
  certManager: { issuerRef: { name: 'internal', kind: 'ClusterIssuer' } },
};

const pod = (rendered: Rendered, where: string, id = `Deployment ${HOME}/${SHARED_SERVICE.name}`) =>
  at(rendered.one(id), `spec.template.spec.${where}`);
const argsOf = (rendered: Rendered, id?: string) =>
  (pod(rendered, 'containers.0.args', id) as readonly string[]).slice(1);
const gatewayServices = (rendered: Rendered) => {
  const line = readOperatorOptions(argsOf(rendered, `Deployment ${HOME}/portcullis-operator`));
  return line.kind === 'run' ? line.options.gatewayServices : undefined;
};

describe('by the operator', () => {
  it('a Secret waits for it, which it may read and write, and no other', async () => {
    const rendered = await render({ gateways: [edge, there] });
    expect(gatewayServices(rendered)).toEqual([SHARED_SERVICE, { namespace: 'edge', name: 'public' }]);
    const own = (operatorRules(rendered.objects).get(`Role ${HOME}/portcullis-operator`) ?? []).join();
    for (const [namespace, secret] of [
      [HOME, SECRET],
      ['edge', 'portcullis-tls-public'],
    ] as const) {
      const empty = rendered.one(`Secret ${namespace}/${secret}`);
      expect(empty).toMatchObject({ type: 'Opaque' });
      // Whatever stood there, an upgrade would put back.
      expect(Object.keys(empty)).toEqual(['apiVersion', 'kind', 'metadata', 'type']);
      expect(operatorRules(rendered.objects).get(`Role ${namespace}/${secret}`)).toEqual([
        `get secrets ${secret}`,
        `update secrets ${secret}`,
      ]);
      expect(at(rendered.one(`RoleBinding ${namespace}/${secret}`), 'subjects.0')).toMatchObject({
        name: 'portcullis-operator',
        namespace: HOME,
      });
      expect(own).not.toContain(`secrets ${secret}`);
    }
  });
});

describe('the validators', () => {
  it('read the files that are mounted, and wait for them', async () => {
    const rendered = await render({ gateways: [edge] });
    const mounts = pod(rendered, 'containers.0.volumeMounts') as readonly JsonObject[];
    const mounted = mounts.find(({ name }) => name === 'tls')?.mountPath;
    expect(readValidatorOptions(argsOf(rendered))).toMatchObject({
      options: { tls: { cert: `${mounted}/tls.crt`, key: `${mounted}/tls.key` } },
    });
    const volumes = pod(rendered, 'volumes') as readonly JsonObject[];
    expect(volumes.find(({ name }) => name === 'tls')).toMatchObject({
      secret: { secretName: SECRET, items: [{ key: 'tls.crt' }, { key: 'tls.key' }] },
    });
  });

  it('speak plain text where they are told to, and nothing of certificates is left', async () => {
    const rendered = await render({ gateways: [{ ...edge, tls: false }] });
    expect(gatewayServices(rendered)).toEqual([]);
    expect(readValidatorOptions(argsOf(rendered))).toMatchObject({ options: { tls: undefined } });
    expect(rendered.ids.filter((id) => id.includes('portcullis-tls'))).toEqual([]);
    expect(JSON.stringify(pod(rendered, 'volumes'))).not.toContain('tls');
  });
});

describe('by cert-manager', () => {
  it('they are of the authority that makes the operator’s, for the names of the Service', async () => {
    const rendered = await render({ certificates: BY_CERT_MANAGER, gateways: [edge] });
    const { spec } = rendered.one(`Certificate ${HOME}/${SECRET}`);
    expect(spec).toMatchObject({
      secretName: SECRET,
      dnsNames: serviceNames([SHARED_SERVICE.name], HOME),
      issuerRef: { name: 'portcullis', kind: 'Issuer' },
    });
    expect(at(rendered.one(`Certificate ${HOME}/portcullis-tls`), 'spec.issuerRef')).toEqual({
      name: 'portcullis',
      kind: 'Issuer',
    });
    expect(gatewayServices(rendered)).toEqual([]);
    expect(rendered.ids.filter((id) => /^(Role|Secret) .*portcullis-tls/.test(id))).toEqual([]);
  });

  it('in another namespace it takes an issuer of the whole cluster', async () => {
    const rendered = await render({ certificates: BY_CLUSTER_ISSUER, gateways: [there] });
    expect(at(rendered.one('Certificate edge/portcullis-tls-public'), 'spec.issuerRef')).toEqual({
      name: 'internal',
      kind: 'ClusterIssuer',
    });
    expect(await template({ certificates: BY_CERT_MANAGER, gateways: [there] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('makes no certificate in edge: name a ClusterIssuer'),
    });
    const plain = { certificates: BY_CERT_MANAGER, gateways: [{ ...there, tls: false }] };
    expect(await template(plain)).toMatchObject({ code: 0 });
  });
});

it('names are those that portcullis envoy-config has gateways look for', () => {
  const host = `${SHARED_SERVICE.name}.${SHARED_SERVICE.namespace}.svc.cluster.local`;
  expect(serviceNames([SHARED_SERVICE.name], SHARED_SERVICE.namespace)).toContain(host);
  expect(serviceNamed(host)).toEqual(SHARED_SERVICE);
});

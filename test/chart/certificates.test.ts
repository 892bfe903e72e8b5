/** Certificates by cert-manager, as the chart asks for them and as the operator takes them. */
import { describe, expect, it } from 'vitest';
import { serviceNames } from '../../src/operator/certificates/names.ts';
import { readOperatorOptions } from '../../src/operator/options.ts';
import { operatorRules } from './rbac.ts';
import { at, HOME, type Rendered, render, template } from './render.ts';

const BY_CERT_MANAGER = { certificates: { source: 'CertManager' } };
const certificate = `Certificate ${HOME}/portcullis-tls`;
const own = `Role ${HOME}/portcullis-operator`;

const secretRights = ({ objects }: Rendered) =>
  (operatorRules(objects).get(own) ?? []).filter((right) => right.includes('secrets'));
const argsOf = ({ one }: Rendered) => {
  const args = at(one(`Deployment ${HOME}/portcullis-operator`), 'spec.template.spec.containers.0.args');
  return readOperatorOptions((args as readonly string[]).slice(1));
};

describe('certificates.source', () => {
  it('is the operator where nobody says otherwise', async () => {
    const plain = await render();
    expect(plain.text).not.toContain('cert-manager.io');
    expect(argsOf(plain)).toMatchObject({ options: { providedCertificates: false } });
  });

  it('CertManager takes the right to write Secrets from the operator', async () => {
    const rendered = await render(BY_CERT_MANAGER);
    expect(argsOf(rendered)).toMatchObject({ options: { providedCertificates: true } });
    // What is left to write is the key of the webhooks' paths, which no certificate brings.
    expect(secretRights(rendered)).toEqual([
      'get secrets portcullis-tls',
      'get secrets portcullis-webhook',
      'list secrets portcullis-tls',
      'list secrets portcullis-webhook',
      'update secrets portcullis-webhook',
      'watch secrets portcullis-tls',
      'watch secrets portcullis-webhook',
    ]);
  });

  it('asks for what the operator can use: its names, an EC key, for servers', async () => {
    const { spec } = (await render(BY_CERT_MANAGER)).one(certificate);
    expect(spec).toMatchObject({
      secretName: 'portcullis-tls',
      dnsNames: serviceNames(['portcullis-webhook', 'portcullis-policy'], HOME),
      usages: ['digital signature', 'server auth'],
      privateKey: { algorithm: 'ECDSA', size: 256 },
      issuerRef: { name: 'portcullis', kind: 'Issuer' },
    });
  });

  it('has an authority made for it, or takes the issuer that is named', async () => {
    const made = await render(BY_CERT_MANAGER);
    expect(made.ids.filter((id) => /^(Issuer|Certificate) /.test(id))).toEqual([
      `Certificate ${HOME}/portcullis-authority`,
      certificate,
      `Issuer ${HOME}/portcullis`,
      `Issuer ${HOME}/portcullis-self-signed`,
    ]);
    const secret = at(made.one(`Certificate ${HOME}/portcullis-authority`), 'spec.secretName');
    expect(at(made.one(`Issuer ${HOME}/portcullis`), 'spec.ca.secretName')).toBe(secret);
    const issuerRef = { name: 'internal', kind: 'ClusterIssuer', group: 'cert-manager.io' };
    const named = await render({ certificates: { source: 'CertManager', certManager: { issuerRef } } });
    expect(named.ids.filter((id) => /^(Issuer|Certificate) /.test(id))).toEqual([certificate]);
    expect(at(named.one(certificate), 'spec.issuerRef')).toEqual(issuerRef);
  });

  it.each([
    [{ source: 'Vault' }, "at '/certificates/source'"],
    [{ source: 'CertManager', certManager: { issuerRef: { kind: 'Issuer' } } }, "missing property 'name'"],
    [{ certManager: { issuer: 'x' } }, "additional properties 'issuer' not allowed"],
  ])('refuses %j', async (certificates, says) => {
    expect(await template({ certificates })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(says),
    });
  });
});

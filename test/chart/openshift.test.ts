/** On OpenShift no pod of the chart asks for a user or a group: it would be refused, unless it is of its namespace's range. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { objectAt } from '../../src/base/members.ts';
import { at, HOME, render, template } from './render.ts';

const WORKLOADS = ['Deployment', 'Job', 'Pod'];
const GATEWAYS = [{ gateway: 'edge/public' }];

const podSpecs = (objects: readonly JsonObject[]): readonly JsonObject[] =>
  objects
    .filter(({ kind }) => WORKLOADS.includes(String(kind)))
    .map(({ kind, spec }) => objectAt(kind === 'Pod' ? spec : at(spec, 'template.spec')));
const contexts = async (values: JsonObject): Promise<readonly JsonObject[]> =>
  podSpecs((await render({ gateways: GATEWAYS, ...values })).objects).map(({ securityContext }) =>
    objectAt(securityContext),
  );

describe('platform OpenShift', () => {
  const OPENSHIFT = { platform: 'OpenShift' };

  it('leaves out users and groups, and nothing else', async () => {
    const usual = await contexts({});
    expect(usual.length).toBeGreaterThan(3);
    expect(await contexts({ platform: 'Kubernetes' })).toEqual(usual);
    for (const { runAsUser, runAsGroup } of usual) expect([runAsUser, runAsGroup]).toEqual([65_532, 65_532]);
    const others = usual.map(({ runAsUser: _, runAsGroup: __, fsGroup: ___, ...rest }) => rest);
    expect(await contexts(OPENSHIFT)).toEqual(others);
  });

  it('leaves in those that a value names', async () => {
    const chosen = { runAsUser: 1_000_680_007, fsGroup: 1_000_680_000 };
    for (const context of await contexts({ ...OPENSHIFT, podSecurityContext: chosen })) {
      expect(context).toEqual({ ...chosen, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    }
  });

  it('is handed to the operator', async () => {
    const args = async (values: JsonObject) =>
      at(
        (await render(values)).one(`Deployment ${HOME}/portcullis-operator`),
        'spec.template.spec.containers.0.args',
      );
    expect(await args(OPENSHIFT)).toContain('--platform=OpenShift');
    expect(JSON.stringify(await args({}))).not.toContain('--platform');
  });

  it('is one of two words', async () => {
    const { code, stderr } = await template({ platform: 'openshift' });
    expect(code).not.toBe(0);
    expect(stderr).toContain('/platform');
  });
});
